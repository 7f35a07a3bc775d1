/* sftp: listings that lie, and a disk that is full. */
#include "tests/harness.h"

#include "base/vec.h"
#include "net/sftp_list.h"
#include "tests/sftp_peer.h"

static int note(void *data, const struct sftp_listed *l, struct dver_err *err)
{
	(void)err;
	return strvec_push(data, l->path) ? 0 : DVER_ENOMEM;
}

static bool enter_all(void *data, const char *path)
{
	(void)data;
	(void)path;
	return true;
}

static int list_from(struct peer *p, struct strvec *names,
		     struct dver_err *err)
{
	struct sftp_list_opts o = { .top = "top", .under = "",
				    .enters = enter_all, .file = note,
				    .data = names };
	AUTO_SFTP_LIST struct sftp_list *l = NULL;
	struct sftp_conn *c = NULL;
	struct sftp_fail fail;
	int r, stopped;

	*err = (struct dver_err){ 0 };
	assert_int_equal(sftp_list_new(&l, &o, err), 0);
	assert_int_equal(meet(p, &c, err), 0);
	r = sftp_list_run(l, c, &stopped, &fail, err);
	part(p, c);
	return r;
}

/* One name, which `path` and `count` (its length) say; then the end. */
static bool one_name(struct peer *p, struct request *rq, struct buf *out)
{
	if (rq->type == SFTP_READDIR && p->count >= 0) {
		add_name(out, rq->id, p->path, (size_t)p->count, 0100644);
		p->count = -1;
		return true;
	}
	if (rq->type == SFTP_READDIR) {
		add_status(out, rq->id, SFTP_EOF);
		return true;
	}
	return honest(p, rq, out);
}

static void names_that_are_paths_are_refused(void **state)
{
	static const struct { const char *name; int len, code; } v[] = {
		{ "a", 1, 0 }, { ".", 1, 0 }, { "..", 2, 0 },
		{ "../x", 4, DVER_EREMOTE }, { "a/b", 3, DVER_EREMOTE },
		{ "/etc/passwd", 11, DVER_EREMOTE }, { "", 0, DVER_EREMOTE },
		{ "a\0b", 3, DVER_EREMOTE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		AUTO_STRVEC struct strvec names = STRVEC_INIT;
		struct peer p = { .answer = one_name, .count = v[i].len };
		struct dver_err err;

		memcpy(p.path, v[i].name, (size_t)v[i].len);
		assert_int_equal(list_from(&p, &names, &err), v[i].code);
		assert_int_equal(names.n, i == 0);
	}
}

/* Every folder has a folder. */
static bool endless(struct peer *p, struct request *rq, struct buf *out)
{
	if (rq->type == SFTP_OPENDIR)
		p->count = 0;
	if (rq->type != SFTP_READDIR)
		return honest(p, rq, out);
	if (p->count++ == 0)
		add_name(out, rq->id, "d", 1, 040755);
	else
		add_status(out, rq->id, SFTP_EOF);
	return true;
}

static bool empty_names(struct peer *p, struct request *rq, struct buf *out)
{
	AUTO_BUF struct buf b = BUF_PATH;

	if (rq->type != SFTP_READDIR)
		return honest(p, rq, out);
	sftp_begin(&b, SFTP_NAME, rq->id);
	sftp_add_u32(&b, 0);
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
	return true;
}

static void listings_end(void **state)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	struct peer deep = { .answer = endless };
	struct peer none = { .answer = empty_names };
	struct dver_err err;

	(void)state;
	assert_int_equal(list_from(&deep, &names, &err), DVER_EREMOTE);
	assert_non_null(strstr(err.msg, "too deep"));
	assert_int_equal(list_from(&none, &names, &err), 0);
	assert_int_equal(names.n, 0);
}

/* Names alone; what they are has to be asked. */
static bool bare_names(struct peer *p, struct request *rq, struct buf *out)
{
	static const char *const names[] = { "file", "gone", "folder" };
	size_t len;
	const char *path;

	if (rq->type == SFTP_READDIR && p->count < 3) {
		add_name(out, rq->id, names[p->count],
			 strlen(names[p->count]), 0);
		p->count++;
	} else if (rq->type == SFTP_READDIR) {
		add_status(out, rq->id, SFTP_EOF);
	} else if (rq->type == SFTP_LSTAT) {
		path = sftp_str(&rq->in, &len);
		if (path[len - 1] == 'e' && path[len - 2] == 'l')
			add_attrs(out, rq->id, 0100644, 7);
		else if (path[len - 1] == 'r')
			add_attrs(out, rq->id, 040755, 0);
		else
			add_status(out, rq->id, SFTP_NO_SUCH_FILE);
	} else {
		return honest(p, rq, out);
	}
	return true;
}

static void names_without_attributes_are_asked_about(void **state)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	struct peer p = { .answer = bare_names };
	struct dver_err err;

	(void)state;
	assert_int_equal(list_from(&p, &names, &err), 0);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.v[0], "file");
}

/* --- writing */

/* The third block does not fit; then see to it that the file is removed. */
static bool disk_full(struct peer *p, struct request *rq, struct buf *out)
{
	if (rq->type == SFTP_WRITE && ++p->count == 3)
		add_status(out, rq->id, SFTP_NO_SPACE);
	else if (rq->type == SFTP_REMOVE)
		p->count = 1000;
	else
		return honest(p, rq, out);
	if (rq->type == SFTP_REMOVE)
		add_status(out, rq->id, SFTP_OK);
	return true;
}

static void what_does_not_fit_is_removed(void **state)
{
	AUTO_FREE uint8_t *data = calloc(1, 1 << 20);
	struct peer p = { .answer = disk_full };
	struct sftp_upload up = { .path = "new", .data = data, .len = 1 << 20,
				  .fd = -1, .mode = 0444, .sync = true };
	struct sftp_conn *c = NULL;
	struct sftp_fail fail;
	struct dver_err err = { 0 };

	(void)state;
	assert_int_equal(meet(&p, &c, &err), 0);
	assert_int_equal(sftp_write(c, &up, &fail, &err), 1);
	assert_int_equal(fail.status, SFTP_NO_SPACE);
	assert_string_equal(fail.words, "so it is");
	part(&p, c);
	assert_int_equal(p.count, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(names_that_are_paths_are_refused),
		T(listings_end),
		T(names_without_attributes_are_asked_about),
		T(what_does_not_fit_is_removed),
	};

	return RUN(tests);
}
