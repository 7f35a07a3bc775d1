#include "pipeline/unpack.h"

#include "base/buf.h"
#include "base/err.h"

/* As POSIX shells read it: one word, exactly these bytes. */
static void quote(struct buf *out, const char *s)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789@%+=:,./_-";

	if (*s && !s[strspn(s, safe)]) {
		buf_addstr(out, s);
		return;
	}
	buf_addc(out, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_addstr(out, "'\"'\"'");
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '\'');
}

static void word(struct buf *out, const struct value *v)
{
	buf_addc(out, ' ');
	if (value_scalar(v) == SCALAR_STRING)
		quote(out, v->text);
	else
		template_text(out, v);
}

static void option(struct buf *out, const char *prefix, const char *key)
{
	buf_addf(out, "%s%s%s", out->len ? " " : "", prefix, key);
}

static void scalar(struct buf *out, const struct templates *t, const char *key,
		   const struct value *v)
{
	switch (value_scalar(v)) {
	case SCALAR_NULL:
		break;
	case SCALAR_BOOL:
		if (v->text[0] == 't' || v->text[0] == 'T')
			option(out, "--", key);
		else if (t->no_option)
			option(out, "--no-", key);
		break;
	case SCALAR_INT:
	case SCALAR_FLOAT:
	case SCALAR_STRING:
		option(out, "--", key);
		word(out, v);
		break;
	}
}

static int list(struct buf *out, const struct templates *t,
		const struct reader *rd, const struct value *at,
		const char *key, const struct value *v, struct dver_err *err)
{
	for (size_t i = 0; i < v->n; i++) {
		if (v->items[i].type != VALUE_SCALAR)
			return reader_bad(rd, at, err, "a list inside '%.60s' "
					  "has more than plain values, and "
					  "cannot be an option", key);
		if (i == 0 || t->append)
			option(out, "--", key);
		word(out, &v->items[i]);
	}
	return 0;
}

static int each(struct buf *out, const struct templates *t,
		const struct reader *rd, const struct value *at,
		const char *prefix, const struct value *map,
		struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < map->n; i++) {
		const struct value *v = value_at(map, i);
		AUTO_FREE char *key = str_printf("%s%s%s", prefix,
						 *prefix ? "." : "",
						 value_key(map, i)->text);

		if (!key)
			return err_nomem(err);
		if (v->type == VALUE_MAP)
			r = each(out, t, rd, at, key, v, err);
		else if (v->type == VALUE_SEQ)
			r = list(out, t, rd, at, key, v, err);
		else
			scalar(out, t, key, v);
	}
	return r;
}

int unpack(struct buf *out, const struct templates *t,
	   const struct reader *rd, const struct value *at,
	   const struct value *map, struct dver_err *err)
{
	AUTO_BUF struct buf words = BUF_INIT(out->max);
	int r = each(&words, t, rd, at, "", map, err);

	if (r == 0)
		r = buf_check(&words, err);
	if (r == 0)
		buf_add(out, words.data, words.len);
	return r;
}
