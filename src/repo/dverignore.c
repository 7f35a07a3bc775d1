/*
 * dverignore - lines become rules once; then most of them are a comparison of
 * lengths.
 */
#include "repo/dverignore.h"

#include "base/err.h"
#include "base/mem.h"
#include "format/glob.h"

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->n; i++)
		free(rules->v[i].pattern);
	free(rules->v);
	free(rules->text);
	free(rules->dir);
	free(rules);
}

/* Spaces at the end go, unless a backslash keeps them. */
static void trim(char *line)
{
	char *end = NULL;

	for (char *p = line; *p; p++) {
		if (*p == ' ') {
			end = end ? end : p;
			continue;
		}
		end = NULL;
		if (*p == '\\' && !*++p)
			return;
	}
	if (end)
		*end = '\0';
}

static enum rule_kind kind_of(const struct rule *r, bool slash)
{
	if (slash)
		return RULE_PATH;
	if (r->literal == r->len)
		return RULE_NAME;
	if (r->pattern[0] == '*' &&
	    glob_literal(r->pattern + 1) == r->len - 1)
		return RULE_END;
	return RULE_GLOB;
}

/* 1: a rule, 0: the line has none. */
static int parse_line(struct rule *r, char *line, struct dver_err *err)
{
	size_t n = strlen(line);
	const char *p = line;
	bool slash;

	if (n == 0 || *p == '#')
		return 0;
	if (line[n - 1] == '\r')
		line[n - 1] = '\0';
	trim(line);
	r->text = line;
	r->negated = *p == '!';
	p += r->negated;
	n = strlen(p);
	r->folders = n && p[n - 1] == '/';
	n -= r->folders;
	slash = memchr(p, '/', n) != NULL;
	if (n && *p == '/') {
		p++;
		n--;
	}
	if (n == 0)
		return 0;
	r->pattern = str_ndup(p, n);
	if (!r->pattern)
		return err_nomem(err);
	r->len = n;
	r->literal = glob_literal(r->pattern);
	r->kind = kind_of(r, slash);
	return 1;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static int parse_lines(struct rules *x, struct dver_err *err)
{
	char *p = x->text;
	unsigned line = 0;

	if (str_starts(p, "\xef\xbb\xbf"))
		p += 3;
	for (char *end; p; p = end) {
		struct rule *r = &x->v[x->n];
		int is;

		end = strchr(p, '\n');
		if (end)
			*end++ = '\0';
		*r = (struct rule){ .of = x, .line = ++line };
		is = parse_line(r, p, err);
		if (is < 0)
			return is;
		x->n += is > 0;
	}
	return 0;
}

int rules_parse(struct rules **out, const char *dir, char **text,
		struct dver_err *err)
{
	struct rules *x = calloc(1, sizeof(*x));
	int r;

	if (!x)
		return err_nomem(err);
	x->text = TAKE(*text);
	x->dir = strdup(dir);
	x->skip = *dir ? strlen(dir) + 1 : 0;
	x->v = mem_array(count_lines(x->text), sizeof(*x->v));
	r = x->dir && x->v ? parse_lines(x, err) : err_nomem(err);
	if (r < 0) {
		rules_free(x);
		return r;
	}
	*out = x;
	return 0;
}

static void set_bit(uint64_t *set, char byte)
{
	unsigned char c = (unsigned char)byte;

	set[c >> 6] |= (uint64_t)1 << (c & 63);
}

/* A pattern with a slash: can it be for names in this folder? */
static bool is_near(const struct rules_at *at, const struct rule *r)
{
	const char *dir = at->path.data + r->of->skip;

	return strncmp(dir, r->pattern, MIN(strlen(dir), r->literal)) == 0;
}

static void note_need(struct rules_at *at, const struct rule *r)
{
	struct rules_need *need = &at->need;

	if (r->folders)
		return;
	switch (r->kind) {
	case RULE_NAME:
		need->lengths |= (uint64_t)1 << (r->len & 63);
		break;
	case RULE_END:
		if (r->len > 1)
			set_bit(need->ends, r->pattern[r->len - 1]);
		else
			need->any = true;
		break;
	case RULE_GLOB:
		if (r->literal)
			set_bit(need->starts, r->pattern[0]);
		else
			need->any = true;
		break;
	case RULE_PATH:
		need->any = true;
		break;
	}
}

int rules_enter(struct rules_at *at, const struct rules *rules,
		const char *dir, struct dver_err *err)
{
	at->n = 0;
	at->need = (struct rules_need){ .any = false };
	buf_setstr(&at->path, dir);
	if (at->path.len)
		buf_addc(&at->path, '/');
	at->dir_len = at->path.len;
	(void)buf_reserve(&at->path, 256);
	if (!buf_ok(&at->path))
		return buf_check(&at->path, err);
	for (const struct rules *x = rules; x; x = x->up) {
		if (!mem_grow(&at->v, &at->cap, at->n + x->n, sizeof(*at->v)))
			return err_nomem(err);
		for (size_t i = x->n; i-- > 0;) {
			const struct rule *r = &x->v[i];

			if (r->kind == RULE_PATH && !is_near(at, r))
				continue;
			note_need(at, r);
			at->v[at->n++] = r;
		}
	}
	return 0;
}

void rules_leave(struct rules_at *at)
{
	free(at->v);
	buf_release(&at->path);
}

static bool ends_so(const struct rule *r, const char *name, size_t len)
{
	size_t n = r->len - 1;

	/* Mostly the last byte tells. */
	return len >= n && (n == 0 || (name[len - 1] == r->pattern[n] &&
				       memcmp(name + len - n, r->pattern + 1,
					      n) == 0));
}

/* git compares what stands before the first special byte, then the rest. */
static bool path_matches(const struct rule *r, const char *path)
{
	if (strncmp(path, r->pattern, r->literal) != 0)
		return false;
	path += r->literal;
	return r->literal == r->len ? !*path
				    : glob_match(r->pattern + r->literal,
						 path);
}

/* The path from the folder of the rule's file, made when it is needed. */
static const char *path_to(struct rules_at *at, const struct rule *r,
			   const char *name, size_t len)
{
	if (at->path.len == at->dir_len)
		buf_add(&at->path, name, len);
	return at->path.data + r->of->skip;
}

static bool matches(struct rules_at *at, const struct rule *r,
		    const char *name, size_t len)
{
	switch (r->kind) {
	case RULE_NAME:
		return r->len == len && memcmp(r->pattern, name, len) == 0;
	case RULE_END:
		return ends_so(r, name, len);
	case RULE_GLOB:
		return glob_match(r->pattern, name);
	case RULE_PATH:
		return path_matches(r, path_to(at, r, name, len));
	}
	return false;
}

const struct rule *rules_match(struct rules_at *at, const char *name,
			       size_t len, bool folder)
{
	const struct rule *found = NULL;

	for (size_t i = 0; i < at->n && !found; i++)
		if ((folder || !at->v[i]->folders) &&
		    matches(at, at->v[i], name, len))
			found = at->v[i];
	if (at->path.len != at->dir_len)
		buf_truncate(&at->path, at->dir_len);
	return found;
}

char *rule_file(const struct rule *rule)
{
	const char *dir = rule->of->dir;

	return str_printf("%s%s%s", dir, *dir ? "/" : "", DVERIGNORE);
}
