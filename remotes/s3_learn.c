/*
 * s3_learn - what a refusal teaches: the region, the place, the time, that
 * keys are over, what else the server wants.
 */
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/url.h"
#include "remotes/s3_exchange.h"

#define LEARN_MAX 4	/* times that we let ourselves be taught */

/* Another region than the one that we signed for? */
static bool learn_region(struct s3_exchange *x, const struct s3_error *e)
{
	char *copy;

	if (!*e->region || streq(e->region, x->region))
		return false;
	for (const char *p = e->region; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *p))
			return false;
	copy = strdup(e->region);
	if (!copy)
		return false;
	log_at(1, "s3: '%s' is in region %s; set it as 'region' to save a "
	       "request", x->s->c.url, copy);
	pthread_mutex_lock(&x->s->mutex);
	free(x->s->region);
	x->s->region = copy;
	pthread_mutex_unlock(&x->s->mutex);
	return true;
}

static bool learn_place(struct s3_exchange *x, const struct http_reply *reply)
{
	const char *to = http_reply_header(reply, "location");
	struct dver_err err;
	struct url u;

	if (!to || url_cut(&u, to, &err) < 0 || u.userinfo.len)
		return false;
	/* Never from TLS to none. */
	if (x->s->c.tls && !url_part_is(&u.scheme, "https"))
		return false;
	free(x->elsewhere);
	x->elsewhere = str_printf("%.*s%s", (int)(u.path.at + u.path.len - to),
				  to, u.path.len ? "" : "/");
	return x->elsewhere != NULL;
}

static bool learn_time(struct s3_exchange *x, const struct http_reply *reply)
{
	int64_t now = (int64_t)time(NULL);
	int64_t date = http_reply_date(reply, "date", 0);
	int64_t skew = date - now;

	/* Told before, and it does not help. */
	if (!date || (skew > x->skew - 60 && skew < x->skew + 60))
		return false;
	if (skew < -60 || skew > 60)
		log_at(1, "s3: this machine's clock is %lld seconds %s that "
		       "of '%s'", (long long)(skew < 0 ? -skew : skew),
		       skew < 0 ? "ahead of" : "behind", x->s->c.url);
	x->s->skew = skew;
	return true;
}

static bool is_any(const char *code, const char *const *of)
{
	while (*of && !streq(*of, code))
		of++;
	return *of != NULL;
}

bool s3_learn(struct s3_exchange *x, const struct http_reply *reply,
	      const struct s3_error *e)
{
	static const char *const late[] = { "RequestTimeTooSkewed",
					    "RequestExpired", NULL };
	static const char *const expired[] = { "ExpiredToken", "InvalidToken",
					       "TokenRefreshRequired", NULL };
	static const char *const again[] = {
		"RequestTimeout", "OperationAborted", "InternalError",
		"SlowDown", "Throttling", "ServiceUnavailable", NULL
	};
	static const char *const broken[] = {
		"BadDigest", "XAmzContentSHA256Mismatch", NULL
	};

	if (x->learned++ >= LEARN_MAX)
		return false;
	if (learn_region(x, e))
		return true;
	if (reply->status == 301 || reply->status == 307 ||
	    reply->status == 308)
		return learn_place(x, reply);
	if (is_any(e->code, late))
		return learn_time(x, reply);
	if (is_any(e->code, expired))
		return aws_credentials_expired(x->s->credentials, &x->keys);
	if (is_any(e->code, broken))
		return ++x->broken < 3;
	if (streq(e->code, "InvalidRequest") &&
	    strstr(e->message, "Content-MD5") && !*x->md5) {
		x->s->want_md5 = true;
		return true;
	}
	return is_any(e->code, again);
}
