#include "net/aws_keys.h"

#include <stdio.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "format/value.h"

static void wipe(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

void aws_keys_release(struct aws_keys *k)
{
	wipe(k->id);
	wipe(k->secret);
	wipe(k->token);
	*k = (struct aws_keys)AWS_KEYS_INIT;
}

int aws_keys_set(struct aws_keys *out, const char *id, const char *secret,
		 const char *token, int64_t expires, const char *source,
		 struct dver_err *err)
{
	AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;
	bool has_token = token && *token;

	k.id = strdup(id);
	k.secret = strdup(secret);
	k.token = has_token ? strdup(token) : NULL;
	k.expires = expires;
	k.source = source;
	if (!k.id || !k.secret || (has_token && !k.token))
		return err_nomem(err);
	aws_keys_release(out);
	*out = k;
	k = (struct aws_keys)AWS_KEYS_INIT;
	return 0;
}

int aws_keys_copy(struct aws_keys *out, const struct aws_keys *from,
		  struct dver_err *err)
{
	return aws_keys_set(out, from->id, from->secret, from->token,
			    from->expires, from->source, err);
}

/* "Z", "UTC", "+01:00" or "+0100" in seconds: 0, or -1. */
static int zone(const char *s, int *out)
{
	int hours, minutes, n = 0;

	*out = 0;
	if (streq(s, "Z") || streq(s, "UTC"))
		return 0;
	if ((*s != '+' && *s != '-') ||
	    (sscanf(s + 1, "%2d:%2d%n", &hours, &minutes, &n) != 2 &&
	     sscanf(s + 1, "%2d%2d%n", &hours, &minutes, &n) != 2) ||
	    n == 0 || s[1 + n])
		return -1;
	*out = (hours * 60 + minutes) * (*s == '-' ? -60 : 60);
	return 0;
}

int aws_time(const char *text, int64_t *out)
{
	struct tm tm = { 0 };
	int n = 0, offset;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6)
		return -1;
	text += n;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (zone(text, &offset) < 0 || tm.tm_mon < 1 || tm.tm_mon > 12 ||
	    tm.tm_mday < 1 || tm.tm_mday > 31)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*out = (int64_t)timegm(&tm) - offset;
	return 0;
}

static const char *text_of(const struct value *map, const char *key)
{
	const struct value *v = value_get(map, key);

	return v && v->type == VALUE_SCALAR && v->quoted ? v->text : NULL;
}

int aws_keys_from_json(struct aws_keys *out, const char *what,
		       const struct value *map, const char *source,
		       struct dver_err *err)
{
	const char *id = text_of(map, "AccessKeyId");
	const char *secret = text_of(map, "SecretAccessKey");
	const char *token = text_of(map, "Token");
	const char *end = text_of(map, "Expiration");
	int64_t expires = 0;

	if (!token)
		token = text_of(map, "SessionToken");
	if (!id || !secret || !*id || !*secret)
		return err_set(err, DVER_EFORMAT, "%s: '%s' is missing in the "
			       "answer", what, id && *id ? "SecretAccessKey"
							 : "AccessKeyId");
	if (end && aws_time(end, &expires) < 0)
		return err_set(err, DVER_EFORMAT, "%s: '%.40s' is no time",
			       what, end);
	return aws_keys_set(out, id, secret, token, expires, source, err);
}
