#include "pipeline/stage_write.h"

#include "base/err.h"
#include "base/path.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "format/yaml.h"

static int check_name(const char *name, struct dver_err *err)
{
	bool bad = !*name || !utf8_valid(name, strlen(name));

	for (const char *p = name; *p; p++) {
		bool word = (*p >= '0' && *p <= '9') || (*p & 0x80) ||
			    (*p >= 'a' && *p <= 'z') ||
			    (*p >= 'A' && *p <= 'Z');

		bad |= !word && *p != '-' && *p != '_';
	}
	return bad ? err_set(err, DVER_EINVAL, "a stage's name has letters, "
			     "digits, '-' and '_', unlike '%s'", name) : 0;
}

/* A word of several, for the shell. */
static void put_word(struct buf *out, const char *word)
{
	if (*word && !strpbrk(word, " \t\n")) {
		buf_addstr(out, word);
	} else if (!strpbrk(word, "\"\\$`!")) {
		buf_addf(out, "\"%s\"", word);
	} else {
		buf_addc(out, '\'');
		for (; *word; word++)
			if (*word == '\'')
				buf_addstr(out, "'\\''");
			else
				buf_addc(out, *word);
		buf_addc(out, '\'');
	}
}

static void put_pair(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, "  %s: ", key);
	yaml_put_line(out, text, strlen(text));
	buf_addc(out, '\n');
}

static int put_command(struct buf *out, const struct dver_stage_new *stage,
		       struct dver_err *err)
{
	AUTO_BUF struct buf cmd = BUF_BIG;

	if (stage->ncmd == 1)
		buf_addstr(&cmd, stage->cmd[0]);
	for (size_t i = 0; stage->ncmd > 1 && i < stage->ncmd; i++) {
		if (i > 0)
			buf_addc(&cmd, ' ');
		put_word(&cmd, stage->cmd[i]);
	}
	if (!buf_ok(&cmd))
		return err_nomem(err);
	if (cmd.data[strspn(cmd.data, " \t\n")] == '\0')
		return err_set(err, DVER_EINVAL, "the command of '%s' is "
			       "missing", stage->name);
	if (!utf8_valid(cmd.data, cmd.len))
		return err_set(err, DVER_EINVAL, "the command of '%s' is not "
			       "UTF-8", stage->name);
	put_pair(out, "cmd", cmd.data);
	return 0;
}

/* A path, and for that of a folder no slash at its end. */
static int clean(struct buf *out, const char *path, struct dver_err *err)
{
	buf_clear(out);
	if (!*path)
		return err_set(err, DVER_EINVAL, "an empty path");
	if (!utf8_valid(path, strlen(path)))
		return err_set(err, DVER_EINVAL, "the path '%s' is not UTF-8, "
			       "which a stage cannot name", path);
	return path_clean(out, path, err);
}

struct line {
	char *path;	/* owned */
	const struct dver_stage_item *item;
};

struct lines {
	struct line *v;
	size_t n;
};

static void lines_release(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].path);
	free(l->v);
}
#define AUTO_LINES __attribute__((cleanup(lines_release)))

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->path,
		      ((const struct line *)b)->path);
}

/* A list of paths, sorted, none twice. */
static int put_list(struct buf *out, const struct dver_stage_new *stage,
		    enum dver_stage_kind kind, const char *key,
		    struct dver_err *err)
{
	AUTO_LINES struct lines l = { NULL, 0 };
	AUTO_BUF struct buf path = BUF_PATH;

	l.v = mem_array(stage->nitems + 1, sizeof(*l.v));
	if (!l.v)
		return err_nomem(err);
	for (size_t i = 0; i < stage->nitems; i++) {
		int r;

		if (stage->items[i].kind != kind)
			continue;
		r = clean(&path, stage->items[i].text, err);
		if (r < 0)
			return r;
		l.v[l.n].item = &stage->items[i];
		l.v[l.n].path = str_ndup(path.data, path.len);
		if (!l.v[l.n++].path)
			return err_nomem(err);
	}
	if (!l.n)
		return 0;
	qsort(l.v, l.n, sizeof(*l.v), by_path);
	buf_addf(out, "  %s:\n", key);
	for (size_t i = 0; i < l.n; i++) {
		const struct line *x = &l.v[i];
		bool flags = x->item->no_cache || x->item->persist;

		if (i > 0 && streq(x->path, x[-1].path))
			continue;
		buf_addstr(out, "  - ");
		yaml_put_line(out, x->path, strlen(x->path));
		buf_addstr(out, flags ? ":\n" : "\n");
		if (x->item->no_cache)
			buf_addstr(out, "      cache: false\n");
		if (x->item->persist)
			buf_addstr(out, "      persist: true\n");
	}
	return 0;
}

/* "file:key": a file, "" is the usual one, and the keys asked of it. */
static int split_params(struct strvec *out, const char *text,
			struct dver_err *err)
{
	AUTO_BUF struct buf file = BUF_PATH;
	const char *colon = strrchr(text, ':');
	const char *p = colon ? colon + 1 : text;
	int r;

	if (colon) {
		AUTO_FREE char *path = str_ndup(text, (size_t)(colon - text));

		r = path ? clean(&file, path, err) : err_nomem(err);
		if (r < 0)
			return r;
		/* Without a key it is all of the file. */
		if (!*p && !strvec_push(out, file.data))
			return err_nomem(err);
	}
	while (*p) {
		size_t len = strcspn(p, ",");
		AUTO_FREE char *pair = str_printf("%s\n%.*s", file.data,
						  (int)len, p);

		if (len && (!pair || !strvec_push(out, pair)))
			return err_nomem(err);
		p += len + (p[len] == ',');
	}
	return 0;
}

/* Lines "file\nkey", sorted: those of no file first, "file" is all of it. */
static void put_params(struct buf *out, const struct strvec *pairs)
{
	const char *file = "";
	size_t len = 0;

	buf_addstr(out, "  params:\n");
	for (size_t i = 0; i < pairs->n; i++) {
		const char *pair = pairs->v[i];
		const char *key = strchr(pair, '\n');
		size_t n = key ? (size_t)(key - pair) : strlen(pair);

		if (n != len || memcmp(pair, file, n) != 0) {
			buf_addstr(out, "  - ");
			yaml_put_line(out, pair, n);
			buf_addstr(out, ":\n");
		}
		file = pair;
		len = n;
		if (!key)
			continue;
		buf_addstr(out, n ? "    - " : "  - ");
		yaml_put_line(out, key + 1, strlen(key + 1));
		buf_addc(out, '\n');
	}
}

static int put_all_params(struct buf *out, const struct dver_stage_new *stage,
			  struct dver_err *err)
{
	AUTO_STRVEC struct strvec pairs = STRVEC_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < stage->nitems; i++)
		if (stage->items[i].kind == DVER_STAGE_PARAMS)
			r = split_params(&pairs, stage->items[i].text, err);
	if (r < 0 || !pairs.n)
		return r;
	strvec_sort(&pairs);
	strvec_uniq(&pairs);
	put_params(out, &pairs);
	return 0;
}

int stage_write(struct buf *out, const struct dver_stage_new *stage,
		struct dver_err *err)
{
	static const struct { enum dver_stage_kind kind; const char *key; }
	made[] = {
		{ DVER_STAGE_OUT, "outs" },
		{ DVER_STAGE_METRIC, "metrics" },
		{ DVER_STAGE_PLOT, "plots" },
	};
	int r = check_name(stage->name, err);

	if (r < 0)
		return r;
	yaml_put_line(out, stage->name, strlen(stage->name));
	buf_addstr(out, ":\n");
	if (stage->desc)
		put_pair(out, "desc", stage->desc);
	r = put_command(out, stage, err);
	if (r == 0 && stage->wdir)
		put_pair(out, "wdir", stage->wdir);
	if (r == 0)
		r = put_list(out, stage, DVER_STAGE_DEP, "deps", err);
	if (r == 0)
		r = put_all_params(out, stage, err);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(made); i++)
		r = put_list(out, stage, made[i].kind, made[i].key, err);
	if (stage->always_changed)
		buf_addstr(out, "  always_changed: true\n");
	return r < 0 ? r : buf_check(out, err);
}
