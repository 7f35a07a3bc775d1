#include "base/share.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOTS_MAX 8

static struct {
	char *path;		/* lives as long as the program */
	mode_t mask;
	bool exact;
} roots[ROOTS_MAX];
static int nroots;

bool share_any(void)
{
	return nroots > 0;
}

void share_add(const char *root, mode_t mask, bool exact)
{
	for (int i = 0; i < nroots; i++) {
		if (strcmp(roots[i].path, root) == 0) {
			roots[i].mask = mask;
			roots[i].exact = exact;
			return;
		}
	}
	if (nroots == ROOTS_MAX)
		return;
	roots[nroots].path = strdup(root);
	roots[nroots].mask = mask;
	roots[nroots].exact = exact;
	nroots += roots[nroots].path != NULL;
}

static int find(const char *path)
{
	for (int i = 0; i < nroots; i++) {
		size_t len = strlen(roots[i].path);

		if (strncmp(path, roots[i].path, len) == 0 &&
		    (path[len] == '/' || path[len] == '\0'))
			return i;
	}
	return -1;
}

static mode_t wanted(const struct stat *st, mode_t mask, bool exact)
{
	bool dir = S_ISDIR(st->st_mode);

	if (!(st->st_mode & 0200))
		mask &= ~(mode_t)0222;
	if (dir || st->st_mode & 0100)
		mask |= (mask & 0444) >> 2;
	if (exact)
		mask |= st->st_mode & 0700;
	else
		mask |= st->st_mode & 0777;
	return mask | (dir ? S_ISGID : 0);
}

/* What belongs to another stays as it is: it was shared by its owner. */
void share_made(const char *path, int fd)
{
	char name[2048];
	char link[64];
	struct stat st;
	ssize_t len;
	int i;

	if (nroots == 0)
		return;
	if (!path) {
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		len = readlink(link, name, sizeof(name) - 1);
		if (len < 0)
			return;
		name[len] = '\0';
		path = name;
	}
	i = find(path);
	if (i < 0 || (fd >= 0 ? fstat(fd, &st) : lstat(path, &st)) < 0 ||
	    S_ISLNK(st.st_mode) ||
	    (st.st_mode & 07777) == wanted(&st, roots[i].mask, roots[i].exact))
		return;
	if (fd >= 0)
		(void)fchmod(fd, wanted(&st, roots[i].mask, roots[i].exact));
	else
		(void)chmod(path, wanted(&st, roots[i].mask, roots[i].exact));
}

int share_parse(const char *word, mode_t *mask, bool *exact)
{
	static const struct { const char *word; mode_t mask; } words[] = {
		{ "umask", 0 }, { "false", 0 }, { "no", 0 }, { "off", 0 },
		{ "0", 0 }, { "group", 0660 }, { "true", 0660 },
		{ "yes", 0660 }, { "on", 0660 }, { "1", 0660 },
		{ "all", 0664 }, { "world", 0664 }, { "everybody", 0664 },
		{ "2", 0664 },
	};
	char *end;
	unsigned long v;

	*exact = false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcasecmp(word, words[i].word) == 0) {
			*mask = words[i].mask;
			return 0;
		}
	}
	v = strtoul(word, &end, 8);
	if (*word != '0' || *end || (v & 0600) != 0600 || v > 0777)
		return -1;
	*mask = (mode_t)v & 0666;
	*exact = true;
	return 0;
}
