#include "transfer/complete.h"

#include <time.h>

#include "base/afile.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"
#include "store/local.h"
#include "store/plain.h"

#define HEAD "dver complete 2\n"
#define FILE_MAX (64u << 20)
#define KEEP 64		/* roots of one label */
#define RECORD_AGE (14 * 24 * 3600)

void complete_release(struct complete *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].label);
	free(c->v);
	*c = (struct complete)COMPLETE_INIT;
}

bool complete_has(const struct complete *c, const struct oid *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (oid_eq(&c->v[i].id, id))
			return true;
	return false;
}

const struct oid *complete_latest(const struct complete *c, const char *label)
{
	for (size_t i = c->n; i-- > 0;)
		if (streq(c->v[i].label, label))
			return &c->v[i].id;
	return NULL;
}

int64_t complete_recorded(const struct complete *c, const struct oid *id)
{
	int64_t now = (int64_t)time(NULL);
	int64_t last = 0;

	for (size_t i = 0; i < c->n; i++)
		if (oid_eq(&c->v[i].id, id))
			last = MAX(last, c->v[i].recorded);
	return last <= now && now - last < RECORD_AGE ? last : 0;
}

bool complete_same_gc(const struct strvec *a, const struct strvec *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = streq(a->v[i], b->v[i]);
	return same;
}

static void drop(struct complete *c, size_t at)
{
	free(c->v[at].label);
	c->n--;
	memmove(c->v + at, c->v + at + 1, (c->n - at) * sizeof(*c->v));
}

int complete_add(struct complete *c, const char *label, const struct oid *id,
		 int64_t recorded, struct dver_err *err)
{
	struct complete_root x = { .id = *id, .recorded = recorded };
	size_t same = 0;

	for (size_t i = c->n; i-- > 0;) {
		if (!streq(c->v[i].label, label))
			continue;
		if (oid_eq(&c->v[i].id, id) || ++same >= KEEP)
			drop(c, i);
	}
	x.label = strdup(label);
	if (!x.label || !mem_grow(&c->v, &c->cap, c->n + 1, sizeof(x))) {
		free(x.label);
		return err_nomem(err);
	}
	c->v[c->n++] = x;
	return 0;
}

/* All gc/ names in one line: equal lines, equal lists. */
static int gc_line(struct buf *out, struct store *remote,
		   struct dver_err *err)
{
	const struct strvec *gc = store_gc_names(remote);

	buf_addstr(out, "gc");
	for (size_t i = 0; i < gc->n; i++)
		buf_addf(out, " %s", gc->v[i]);
	return buf_check(out, err);
}

/* Is the index still there, itself or in one that replaces it? */
static int stands(struct store *remote, const char *name, bool *tails,
		  struct strvec *replaced, struct dver_err *err)
{
	int r = 0;

	if (strvec_has(store_index_names(remote), name))
		return 1;
	if (!*tails) {
		*tails = true;
		r = store_replaced_names(remote, replaced, err);
	}
	return r < 0 ? r : strvec_has(replaced, name);
}

struct parse {
	struct complete *c;
	struct store *remote;
	bool tails;
	struct strvec replaced;
};

/* 1: the line holds, 0: the file says nothing (any more). */
static int parse_line(struct parse *p, char *line, const char *gc,
		      struct dver_err *err)
{
	struct oid id;
	char *end;
	long long recorded;

	if (str_starts(line, "gc"))
		return streq(line, gc);
	if (str_starts(line, "index "))
		return stands(p->remote, line + 6, &p->tails, &p->replaced,
			      err);
	if (!str_starts(line, "root ") || strlen(line) < 5 + OID_HEX + 1 ||
	    oid_parse(&id, line + 5) < 0 || line[5 + OID_HEX] != ' ')
		return 0;
	recorded = strtoll(line + 5 + OID_HEX + 1, &end, 10);
	if (*end != ' ' || recorded < 0)
		return 0;
	return complete_add(p->c, end + 1, &id, recorded, err) < 0
		       ? DVER_ENOMEM : 1;
}

static bool sum_is_right(char *text, size_t len)
{
	size_t tail = 4 + 2 * HASH_SIZE + 1;
	char hex[2 * HASH_SIZE + 1];
	uint8_t sum[HASH_SIZE];

	if (len < strlen(HEAD) + tail || !str_starts(text, HEAD) ||
	    strlen(text) != len ||
	    hash_bytes(sum, text, len - tail, NULL) < 0)
		return false;
	hex_encode(hex, sum, sizeof(sum));
	if (memcmp(text + len - tail + 4, hex, 2 * HASH_SIZE) != 0)
		return false;
	text[len - tail] = '\0';
	return true;
}

struct recorded {
	struct keymap there;	/* ids */
};

static int on_root(void *data, enum root_kind kind, const struct oid *id,
		   struct dver_err *err)
{
	struct recorded *x = data;

	(void)kind;
	return keymap_put(&x->there, id->id, NULL) ? 0 : err_nomem(err);
}

/* Those of the list that are recorded there, and all others that are. */
static int merge_recorded(struct complete *c, struct recorded *x,
			  struct dver_err *err)
{
	int64_t now = (int64_t)time(NULL);
	const void *id;
	size_t pos = 0, n = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!keymap_get(&x->there, c->v[i].id.id)) {
			free(c->v[i].label);
			continue;
		}
		c->v[n] = c->v[i];
		c->v[n++].recorded = now;
	}
	c->n = n;
	for (size_t i = 0; i < n; i++)
		(void)keymap_delete(&x->there, c->v[i].id.id);
	while ((id = keymap_next(&x->there, &pos, NULL))) {
		struct complete_root root = { .label = strdup(""),
					      .recorded = now };

		memcpy(root.id.id, id, sizeof(root.id.id));
		if (!root.label ||
		    !mem_grow(&c->v, &c->cap, c->n + 1, sizeof(root))) {
			free(root.label);
			return err_nomem(err);
		}
		c->v[c->n++] = root;
	}
	return 0;
}

/*
 * A plain remote has no indexes that a root could rest on: it has records
 * (plain.h), and those count.
 */
static int keep_recorded(struct complete *c, struct store *remote,
			 struct dver_err *err)
{
	struct recorded x;
	int r;

	keymap_init(&x.there, HASH_SIZE, 0);
	r = plain_each_root(remote, on_root, &x, err);
	if (r == 0)
		r = merge_recorded(c, &x, err);
	keymap_release(&x.there);
	return r;
}

int complete_load(struct complete *out, const char *folder,
		  struct store *remote, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/complete", folder);
	AUTO_FREE char *text = NULL;
	AUTO_BUF struct buf gc = BUF_BIG;
	struct parse p = { .c = out, .remote = remote };
	size_t len;
	int r = path ? gc_line(&gc, remote, err) : err_nomem(err);

	*out = (struct complete)COMPLETE_INIT;
	if (r < 0)
		return r;
	if (os_slurp(&text, &len, path, FILE_MAX, NULL) < 0 ||
	    !sum_is_right(text, len))
		return store_is_plain(remote) ? keep_recorded(out, remote, err)
					      : 0;
	r = 1;
	for (char *line = text + strlen(HEAD); r > 0 && *line;) {
		char *end = line + strcspn(line, "\n");
		bool last = *end == '\0';

		*end = '\0';
		r = parse_line(&p, line, gc.data, err);
		line = last ? end : end + 1;
	}
	strvec_release(&p.replaced);
	if (r <= 0)
		complete_release(out);
	if (r >= 0 && store_is_plain(remote))
		r = keep_recorded(out, remote, err);
	return MIN(r, 0);
}

int complete_save(const struct complete *c, const char *folder,
		  const char *cache, struct store *remote,
		  struct dver_err *err)
{
	const struct strvec *names = store_index_names(remote);
	AUTO_FREE char *path = str_printf("%s/complete", folder);
	AUTO_BUF struct buf b = BUF_INIT(FILE_MAX);
	char hex[2 * HASH_SIZE + 1];
	uint8_t sum[HASH_SIZE];
	int r;

	if (!path)
		return err_nomem(err);
	buf_addstr(&b, HEAD);
	r = gc_line(&b, remote, err);
	buf_addc(&b, '\n');
	for (size_t i = 0; i < names->n; i++)
		buf_addf(&b, "index %s\n", names->v[i]);
	for (size_t i = 0; i < c->n; i++)
		if (!strchr(c->v[i].label, '\n'))
			buf_addf(&b, "root %s %lld %s\n",
				 oid_hex(hex, &c->v[i].id),
				 (long long)c->v[i].recorded, c->v[i].label);
	if (r == 0)
		r = hash_bytes(sum, b.data, b.len, err);
	hex_encode(hex, sum, sizeof(sum));
	buf_addf(&b, "sum %s\n", hex);
	if (r == 0)
		r = buf_check(&b, err);
	if (r == 0 && os_mkdirs(folder, 0777) < 0)
		r = err_sys(err, "cannot make '%s'", folder);
	return r < 0 ? r : local_replace(cache, path, b.data, b.len,
					 AFILE_NOSYNC, err);
}
