/*
 * heads - lines of "key size", and a checksum: a listing as a file.
 */
#include "store/heads.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/rand.h"
#include "store/index.h"
#include "store/store_internal.h"

#define HEADS_MAX (64u << 20)

struct heads {
	struct buf text;
	struct strvec listed;	/* names of indexes */
};

int heads_note(struct store *s, const char *index_name, struct dver_err *err)
{
	return s->local || strvec_push(&s->published, index_name)
	       ? 0 : err_nomem(err);
}

int heads_note_run(struct store *s, const char *key, uint64_t size,
		   struct dver_err *err)
{
	AUTO_FREE char *line = str_printf("%s %llu", key,
					  (unsigned long long)size);

	return line && strvec_push(&s->published_runs, line) ? 0
							    : err_nomem(err);
}

static void add_line(struct buf *text, const char *key, uint64_t size)
{
	buf_addf(text, "%s %llu\n", key, (unsigned long long)size);
}

/* Names that this version does not know are not its business. */
static int on_index(void *data, const struct transport_key *k,
		    struct dver_err *err)
{
	const char *name = k->key + strlen("index/");
	struct heads *h = data;
	struct index_name parsed;

	if (index_name_parse(&parsed, name) < 0)
		return 0;
	add_line(&h->text, k->key, k->size);
	return strvec_push(&h->listed, name) ? 0 : err_nomem(err);
}

static int on_gc(void *data, const struct transport_key *k,
		 struct dver_err *err)
{
	const char *name = k->key + strlen("gc/");
	uint8_t id[RAND_NAME];
	struct heads *h = data;

	(void)err;
	if (strlen(name) == 2 * RAND_NAME &&
	    hex_decode(id, RAND_NAME, name) == 0)
		add_line(&h->text, k->key, k->size);
	return 0;
}

/* "runs/<level>-<random>"; what else lies there is not told. */
static int on_run(void *data, const struct transport_key *k,
		  struct dver_err *err)
{
	const char *name = k->key + strlen("runs/");
	uint8_t id[RAND_NAME];
	struct heads *h = data;

	(void)err;
	if (strlen(name) == 2 + 2 * RAND_NAME && name[1] == '-' &&
	    hex_decode(id, RAND_NAME, name + 2) == 0)
		add_line(&h->text, k->key, k->size);
	return 0;
}

/* Where nothing is listed, what was put by us is not in it yet. */
static void add_runs(struct heads *h, const struct store *s)
{
	for (size_t i = 0; s->t->lists_by_heads && i < s->published_runs.n;
	     i++) {
		const char *line = s->published_runs.v[i];

		if (!strstr(h->text.data, line))
			buf_addf(&h->text, "%s\n", line);
	}
}

/* What was published just now, and is not in a listing that came before. */
static void add_published(struct heads *h, const struct strvec *names)
{
	for (size_t i = 0; i < names->n; i++) {
		char key[INDEX_NAME_MAX + 8] = "index/";
		struct index_name parsed;

		if (strvec_has(&h->listed, names->v[i]) ||
		    index_name_parse(&parsed, names->v[i]) < 0)
			continue;
		memcpy(key + 6, names->v[i], strlen(names->v[i]) + 1);
		add_line(&h->text, key, parsed.bytes);
	}
}

static int add_sum(struct buf *text, struct dver_err *err)
{
	char hex[2 * HASH_SIZE + 1];
	uint8_t sum[HASH_SIZE];
	int r = buf_check(text, err);

	if (r == 0)
		r = hash_bytes(sum, text->data, text->len, err);
	if (r < 0)
		return r;
	hex_encode(hex, sum, sizeof(sum));
	buf_addf(text, "sum %s\n", hex);
	return buf_check(text, err);
}

int heads_write(struct store *s, struct dver_err *err)
{
	struct heads h = { .listed = STRVEC_INIT };
	int r;

	buf_init(&h.text, HEADS_MAX);
	buf_addstr(&h.text, "dver heads 1\n");
	r = transport_list(s->t, "index/", on_index, &h, err);
	if (r == 0)
		r = transport_list(s->t, "gc/", on_gc, &h, err);
	if (r == 0)
		r = transport_list(s->t, "runs/", on_run, &h, err);
	add_published(&h, &s->published);
	add_runs(&h, s);
	if (r == 0)
		r = add_sum(&h.text, err);
	if (r == 0)
		r = transport_replace(s->t, "heads", h.text.data, h.text.len,
				      err);
	strvec_release(&h.listed);
	buf_release(&h.text);
	return r;
}

static bool names_all(const struct store *s, const char *text)
{
	bool all = true;

	for (size_t i = 0; all && i < s->index_names.n; i++) {
		char line[INDEX_NAME_MAX + 16];

		(void)snprintf(line, sizeof(line), "\nindex/%s ",
			       s->index_names.v[i]);
		all = strstr(text, line) != NULL;
	}
	return all;
}

int heads_current(struct store *s, struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(HEADS_MAX);
	size_t got;
	int r;

	if (!buf_reserve(&text, HEADS_MAX - 1))
		return buf_check(&text, err);
	r = transport_get(s->t, "heads", 0, text.data, HEADS_MAX - 1, &got,
			  err);
	if (r < 0)
		return r == DVER_ENOTFOUND ? 0 : r;
	text.data[got] = '\0';
	return names_all(s, text.data);
}
