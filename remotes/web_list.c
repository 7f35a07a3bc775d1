/*
 * web_list - list by PROPFIND (RFC 4918 section 9.1).
 *
 * Folders are asked one level deep, those of a level several at once.  "Depth:
 * infinity" would be one request, but most servers refuse it, some answer as if
 * one level had been asked for, and lighttpd 1.4.69 leaves out whole folders.
 *
 * What a server answers is kept and only then told: callbacks run in the
 * thread of whoever lists, and an answer that was cut off is asked for again.
 */
#include "base/err.h"
#include "base/pool.h"
#include "remotes/web.h"
#include "remotes/web_answer.h"

#define ASKING 8		/* folders at once */
#define LEVELS_MAX 64
#define TMP "tmp/"

static const char question[] =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>"
	"<D:propfind xmlns:D=\"DAV:\"><D:prop><D:resourcetype/>"
	"<D:getcontentlength/><D:getlastmodified/></D:prop></D:propfind>";

/* The answer as it comes. */
struct reading {
	const struct http_reply *reply;
	const char *name;	/* of the folder's URL, for messages */
	struct web_reader *reader;
	struct web_answer *a;
};

static int take_piece(void *data, const void *bytes, size_t len,
		      struct dver_err *err)
{
	struct reading *rd = data;
	int r = 0;

	/* A page of a server that knows nothing of PROPFIND. */
	if (rd->reply->status != 207)
		return 0;
	if (!rd->reader)
		r = web_reader_new(&rd->reader, rd->name, rd->a, err);
	return r < 0 ? r : web_reader_feed(rd->reader, bytes, len, err);
}

static void read_again(void *data)
{
	struct reading *rd = data;

	web_reader_free(TAKE(rd->reader));
	web_answer_release(rd->a);
}

static int unsupported(const struct web *w, int status, struct dver_err *err)
{
	return err_set(err, DVER_EUNSUPPORTED, "'%s' cannot be listed: the "
		       "server answers PROPFIND with %d", w->t.url, status);
}

static int finish_answer(const struct web *w, struct reading *rd,
			 struct dver_err *err)
{
	if (rd->reply->status == 404)
		return 0;
	if (rd->reply->status != 207)
		return unsupported(w, rd->reply->status, err);
	return rd->reader ? web_reader_finish(rd->reader, err)
	       : err_set(err, DVER_EREMOTE, "'%s': the answer to PROPFIND is "
			 "empty", rd->name);
}

/*
 * A value is no folder, but Apache answers 400 to "value/", lighttpd 403: is
 * it that?
 */
static bool is_value(struct web *w, const char *folder)
{
	AUTO_FREE char *key = str_ndup(folder, strlen(folder) - (*folder != 0));
	uint64_t size;

	return key && *key && web_size(w, key, &size, NULL) == 0;
}

/* Ask for a folder ("" or "a/b/"); what is not there is empty. */
static int ask(struct web *w, const char *folder, struct web_answer *a,
	       struct dver_err *err)
{
	static const int fine[] = { 404, 405, 501, 0 };
	AUTO_WEB_RQ struct web_rq rq = { .method = "PROPFIND", .key = folder,
					 .what = "cannot list" };
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *name = str_printf("%s/%s", w->t.url, folder);
	struct reading rd = { .reply = &reply, .name = name, .a = a };
	int r;

	http_reply_init(&reply);
	if (!name || !strvec_push(&rq.call.rq.headers, "Depth: 1") ||
	    !strvec_push(&rq.call.rq.headers,
			 "Content-Type: application/xml; charset=utf-8"))
		return err_nomem(err);
	rq.call.rq.data = question;
	rq.call.rq.len = strlen(question);
	rq.call.rq.sink = take_piece;
	rq.call.rq.sink_data = &rd;
	rq.rewind = read_again;
	rq.data = &rd;
	r = web_send(w, &rq, fine, &reply, err);
	if (r == 0)
		r = finish_answer(w, &rd, err);
	else if ((reply.status == 400 || reply.status == 403) &&
		 is_value(w, folder))
		r = 0;
	web_reader_free(rd.reader);
	return r;
}

/* A folder that is asked for. */
struct asking {
	struct pool_job job;
	struct web *w;
	char *folder;		/* owned */
	struct web_answer answer;
};

/* The folders of a level. */
struct level {
	struct asking *v;
	size_t n, cap;
};

static void level_release(struct level *l)
{
	for (size_t i = 0; i < l->n; i++) {
		web_answer_release(&l->v[i].answer);
		free(l->v[i].folder);
	}
	free(l->v);
	*l = (struct level){ NULL, 0, 0 };
}
#define AUTO_LEVEL __attribute__((cleanup(level_release)))

struct listing {
	struct web *w;
	const char *prefix;
	transport_list_fn fn;
	void *data;
};

static int add_folder(struct level *level, struct web *w, char **folder,
		      struct dver_err *err)
{
	if (!*folder ||
	    !mem_grow(&level->v, &level->cap, level->n + 1,
		      sizeof(*level->v)))
		return err_nomem(err);
	level->v[level->n++] = (struct asking){ .w = w,
						.folder = TAKE(*folder) };
	return 0;
}

/* Could keys below the folder `key` start with the prefix? */
static bool may_match(const char *key, const char *prefix)
{
	size_t n = MIN(strlen(key), strlen(prefix));

	return strncmp(key, prefix, n) == 0 &&
	       (!str_starts(key, TMP) || str_starts(prefix, TMP));
}

static int tell(const struct listing *l, const struct web_entry *e,
		const char *key, struct dver_err *err)
{
	struct transport_key k = { key, e->size, e->mtime };

	return str_starts(key, l->prefix) ? l->fn(l->data, &k, err) : 0;
}

/* Tell the values of a folder, and note the folders in it. */
static int tell_folder(const struct listing *l, const struct asking *from,
		       struct level *next, struct dver_err *err)
{
	const struct web_answer *a = &from->answer;
	const struct web_entry *self = web_answer_self(a);
	int r = 0;

	for (size_t i = 0; r == 0 && self && i < a->n; i++) {
		const struct web_entry *e = &a->v[i];
		const char *name = web_entry_name(e, self);
		AUTO_FREE char *key = NULL;

		if (!name)
			continue;
		key = str_printf("%s%s%s", from->folder, name,
				 e->folder ? "/" : "");
		if (!key)
			return err_nomem(err);
		if (!may_match(key, l->prefix))
			continue;
		r = e->folder ? add_folder(next, l->w, &key, err)
			      : tell(l, e, key, err);
	}
	return r;
}

static int ask_job(struct pool_job *job, int worker, struct dver_err *err)
{
	struct asking *a = (struct asking *)job;

	(void)worker;
	return ask(a->w, a->folder, &a->answer, err);
}

static int ask_all(const struct level *level, struct dver_err *err)
{
	AUTO_POOL struct pool *pool = NULL;
	int r, waited;

	if (level->n == 1)
		return ask(level->v->w, level->v->folder, &level->v->answer,
			   err);
	r = pool_new(&pool, (int)MIN(level->n, ASKING), ASKING, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < level->n; i++) {
		level->v[i].job.run = ask_job;
		r = pool_submit(pool, &level->v[i].job, err);
	}
	waited = pool_wait(pool, r < 0 ? NULL : err);
	return r < 0 ? r : waited;
}

static int list_level(const struct listing *l, struct level *level,
		      struct level *next, struct dver_err *err)
{
	int r = ask_all(level, err);

	for (size_t i = 0; r == 0 && i < level->n; i++) {
		r = tell_folder(l, &level->v[i], next, err);
		web_answer_release(&level->v[i].answer);
	}
	return r;
}

int web_list(struct web *w, const char *prefix, transport_list_fn fn,
	     void *data, struct dver_err *err)
{
	struct listing l = { w, prefix, fn, data };
	const char *slash = strrchr(prefix, '/');
	AUTO_FREE char *top = str_ndup(prefix, slash ? (size_t)(slash + 1 -
								prefix) : 0);
	AUTO_LEVEL struct level level = { NULL, 0, 0 };
	int r = add_folder(&level, w, &top, err);

	for (int depth = 0; r == 0 && level.n > 0; depth++) {
		AUTO_LEVEL struct level next = { NULL, 0, 0 };

		if (depth == LEVELS_MAX)
			return err_set(err, DVER_EREMOTE, "'%s' has folders "
				       "within folders without end", w->t.url);
		r = list_level(&l, &level, &next, err);
		level_release(&level);
		level = next;
		next = (struct level){ NULL, 0, 0 };
	}
	return r;
}
