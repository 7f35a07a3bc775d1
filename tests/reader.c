/* Print a tracked file of a revision: all that a C program needs of libdver. */
#include <stdio.h>

#include <dver/data.h>

static int print(void *data, const void *bytes, size_t len)
{
	return fwrite(bytes, 1, len, data) == len ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct dver_repo *repo = NULL;
	struct dver_err err;
	int r;

	if (argc != 3) {
		fprintf(stderr, "usage: reader REV PATH\n");
		return 2;
	}
	r = dver_repo_open(&repo, NULL, NULL, &err);
	if (r == 0)
		r = dver_cat(repo, argv[1], argv[2], print, stdout, &err);
	if (r < 0)
		fprintf(stderr, "reader: %s\n", err.msg);
	dver_repo_free(repo);
	return r < 0;
}
