#include "cmd/missing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "dver/history.h"
#include "dver/remote.h"

#define SHOWN 10
#define JSON_MAX 10000

struct missing_file {
	char *output, *path, *id, *commit;	/* owned */
	uint64_t size;
	/* Who recorded it; owned, NULL: nobody knows. */
	char *origin, *author, *mail, *subject;
	int64_t time;
};

void missing_release(struct missing *m)
{
	for (size_t i = 0; i < m->kept; i++) {
		struct missing_file *f = &m->v[i];

		free(f->output);
		free(f->path);
		free(f->id);
		free(f->commit);
		free(f->origin);
		free(f->author);
		free(f->mail);
		free(f->subject);
	}
	free(m->v);
	*m = (struct missing){ .ctx = m->ctx };
}

int missing_add(void *data, const struct dver_missing *x)
{
	struct missing *m = data;
	struct missing_file *f;

	m->n++;
	if (m->kept >= (m->ctx->json ? JSON_MAX : SHOWN) ||
	    !mem_grow(&m->v, &m->cap, m->kept + 1, sizeof(*m->v)))
		return 0;
	f = &m->v[m->kept++];
	*f = (struct missing_file){
		.output = strdup(x->output), .path = strdup(x->path),
		.id = strdup(x->id), .size = x->size,
		.commit = x->commit ? strdup(x->commit) : NULL };
	if (!f->output || !f->path || !f->id)
		m->kept--;	/* it counts, and has no name */
	return 0;
}

static int on_origin(void *data, size_t i, const struct dver_origin *o)
{
	struct missing_file *f = &((struct missing *)data)->v[i];

	f->origin = strdup(o->commit);
	f->author = strdup(o->author);
	f->mail = strdup(o->mail);
	f->subject = strdup(o->subject);
	f->time = o->time;
	return 0;
}

/* A courtesy: where history cannot be read, names are told without it. */
static void find_origins(struct missing *m)
{
	AUTO_FREE struct dver_missing *v = mem_array(m->kept + 1, sizeof(*v));
	size_t n = m->kept < SHOWN ? m->kept : SHOWN;

	if (!v)
		return;
	for (size_t i = 0; i < n; i++)
		v[i] = (struct dver_missing){
			.output = m->v[i].output, .path = m->v[i].path,
			.id = m->v[i].id, .commit = m->v[i].commit };
	(void)dver_origins(m->ctx->repo, v, n, on_origin, m, NULL);
}

static bool is_known(const struct missing_file *f)
{
	return f->origin && f->author && f->mail && f->subject;
}

static void as_json(const struct missing *m, struct json *j)
{
	json_array(j, "missing_files");
	for (size_t i = 0; i < m->kept; i++) {
		const struct missing_file *f = &m->v[i];

		json_object(j, NULL);
		json_string(j, "path", f->path);
		json_string(j, "output", f->output);
		json_string(j, "id", f->id);
		json_number(j, "size", f->size);
		if (is_known(f)) {
			json_string(j, "commit", f->origin);
			json_string(j, "author", f->author);
			json_string(j, "mail", f->mail);
			json_number(j, "time",
				    (uint64_t)(f->time > 0 ? f->time : 0));
			json_string(j, "subject", f->subject);
		}
		json_end_object(j);
	}
	json_end_array(j);
}

static void as_line(const struct missing_file *f)
{
	time_t when = (time_t)f->time;
	char size[OUT_SIZE], date[32] = "";
	struct tm tm;

	(void)fputs("missing: ", stderr);
	out_path(stderr, f->path);
	if (f->size)
		(void)fprintf(stderr, "  %s", out_size(size, f->size));
	if (is_known(f)) {
		if (localtime_r(&when, &tm))
			(void)strftime(date, sizeof(date), "%Y-%m-%d", &tm);
		(void)fprintf(stderr, "  %.10s %s ", f->origin, date);
		out_text(stderr, f->author);
		(void)fputs(": ", stderr);
		out_text(stderr, f->subject);
	} else if (f->commit) {
		(void)fprintf(stderr, "  of commit %.10s", f->commit);
	}
	(void)fputc('\n', stderr);
}

static int on_remote(void *data, const struct dver_remote *r)
{
	struct missing *m = data;

	if (m->remote ? strcmp(r->name, m->remote) == 0 : r->is_default) {
		(void)fprintf(stderr, "asked: %sremote '", m->only_remote ? ""
			      : "the local store and ");
		out_text(stderr, r->name);
		(void)fprintf(stderr, "'\n");
	}
	return 0;
}

static void as_text(struct missing *m)
{
	const struct missing_file *who = NULL;

	for (size_t i = 0; i < m->kept; i++) {
		as_line(&m->v[i]);
		if (!who && is_known(&m->v[i]))
			who = &m->v[i];
	}
	if (m->n > m->kept)
		(void)fprintf(stderr, "missing: and %" PRIu64 " more\n",
			      m->n - m->kept);
	(void)dver_remote_each(m->ctx->repo, on_remote, m, NULL);
	if (m->only_remote)
		(void)fputs("hint: dver push --all-commits sends what is "
			    "here\n", stderr);
	if (m->only_remote || !who)
		return;
	(void)fputs("hint: ask ", stderr);
	out_text(stderr, who->author);
	(void)fputs(" <", stderr);
	out_text(stderr, who->mail);
	(void)fputs("> to run: dver push --all-commits\n", stderr);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct missing_file *)a)->path,
		      ((const struct missing_file *)b)->path);
}

void missing_tell(struct missing *m, struct json *j)
{
	if (m->kept)
		qsort(m->v, m->kept, sizeof(*m->v), by_path);
	if (m->n)
		find_origins(m);
	if (m->ctx->json)
		as_json(m, j);
	else if (m->n && !m->ctx->quiet)
		as_text(m);
}
