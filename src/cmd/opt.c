#include "cmd/opt.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

struct table {
	const struct opt *opts;
	char *args;
};

static const struct opt *by_letter(const struct opt *o, char c)
{
	for (; o && o->type != OPT_END; o++)
		if (o->letter == c && o->type != OPT_REST)
			return o;
	return NULL;
}

static const struct opt *by_name(const struct opt *o, const char *name,
				 size_t len)
{
	for (; o && o->type != OPT_END; o++)
		if (o->type != OPT_REST && o->name &&
		    strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static int store_more(struct opt_list *list, const struct opt *o,
		      const char *value, struct dver_err *err)
{
	if (list->n == sizeof(list->v) / sizeof(list->v[0]))
		return err_set(err, DVER_EINVAL, "too many times --%s",
			       o->name);
	list->v[list->n++] = value;
	return 0;
}

static int store(const struct opt *o, char *args, const char *value,
		 struct dver_err *err)
{
	char *end;
	long n;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)(args + o->at) = true;
		return 0;
	case OPT_COUNT:
		*(unsigned char *)(args + o->at) = (unsigned char)
			MIN(*(unsigned char *)(args + o->at) + 1, UCHAR_MAX);
		return 0;
	case OPT_STR:
		*(const char **)(void *)(args + o->at) = value;
		return 0;
	case OPT_LIST:
		return store_more((struct opt_list *)(void *)(args + o->at),
				  o, value, err);
	case OPT_POSINT:
		errno = 0;
		n = strtol(value, &end, 10);
		if (errno || *end || end == value || n <= 0 || n > INT_MAX)
			return err_set(err, DVER_EINVAL, "--%s takes a number "
				       "above 0, not '%s'", o->name, value);
		*(long *)(void *)(args + o->at) = n;
		return 0;
	case OPT_END:
	case OPT_REST:
		break;
	}
	return 0;
}

/* Does it stand alone, without a value? */
static bool is_flag(const struct opt *o)
{
	return o->type == OPT_FLAG || o->type == OPT_COUNT;
}

static int long_option(const struct table t[2], char **argv, int argc,
		       int *i, struct dver_err *err)
{
	const char *word = argv[*i] + 2;
	const char *eq = strchr(word, '=');
	size_t len = eq ? (size_t)(eq - word) : strlen(word);

	for (int k = 0; k < 2; k++) {
		const struct opt *o = by_name(t[k].opts, word, len);

		if (!o)
			continue;
		if (is_flag(o) && eq)
			return err_set(err, DVER_EINVAL,
				       "--%s takes no value", o->name);
		if (!is_flag(o) && !eq && *i + 1 >= argc)
			return err_set(err, DVER_EINVAL,
				       "--%s needs a value", o->name);
		if (is_flag(o))
			return store(o, t[k].args, NULL, err);
		return store(o, t[k].args, eq ? eq + 1 : argv[++*i], err);
	}
	return err_set(err, DVER_EINVAL, "unknown option '--%.*s'", (int)len,
		       word);
}

static int short_options(const struct table t[2], char **argv, int argc,
			 int *i, struct dver_err *err)
{
	for (const char *p = argv[*i] + 1; *p; p++) {
		const struct opt *o = by_letter(t[0].opts, *p);
		int k = 0;
		int r;

		if (!o) {
			k = 1;
			o = by_letter(t[1].opts, *p);
		}
		if (!o)
			return err_set(err, DVER_EINVAL,
				       "unknown option '-%c'", *p);
		if (is_flag(o)) {
			r = store(o, t[k].args, NULL, err);
			if (r < 0)
				return r;
			continue;
		}
		if (p[1])
			return store(o, t[k].args, p + 1, err);
		if (*i + 1 >= argc)
			return err_set(err, DVER_EINVAL,
				       "-%c needs a value", *p);
		return store(o, t[k].args, argv[++*i], err);
	}
	return 0;
}

int opt_parse(const struct opt *opts, const struct opt *more, void *args,
	      void *more_args, int argc, char **argv, struct opt_words *words,
	      struct dver_err *err)
{
	const struct table t[2] = { { opts, args }, { more, more_args } };
	bool only_words = false;
	int r = 0;

	words->n = 0;
	words->dashes = -1;
	for (int i = 0; r == 0 && i < argc; i++) {
		if (only_words || argv[i][0] != '-' || !argv[i][1]) {
			argv[words->n++] = argv[i];
			if (words->tail && words->n == 2)
				only_words |= strcmp(argv[0], words->tail) == 0;
		} else if (strcmp(argv[i], "--") == 0) {
			only_words = true;
			words->dashes = words->n;
		} else if (argv[i][1] == '-') {
			r = long_option(t, argv, argc, &i, err);
		} else {
			r = short_options(t, argv, argc, &i, err);
		}
	}
	return r;
}
