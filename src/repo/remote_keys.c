#include "repo/remote_keys.h"

#include <ctype.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"

#define ANY SCHEME_ANY
#define NET SCHEME_NET
#define S3 SCHEME_S3
#define AZ SCHEME_AZURE
#define HTTP SCHEME_HTTP
#define DAV SCHEME_WEBDAV
#define SSH SCHEME_SSH
#define WEB (HTTP | DAV)
#define STR(name) { name, CONFIG_STR, NULL, NULL }
#define URL(name) { name, CONFIG_URL, NULL, NULL }
#define BOOL(name) { name, CONFIG_BOOL, NULL, NULL }
#define COUNT(name) { name, CONFIG_COUNT, NULL, NULL }
#define SIZE(name) { name, CONFIG_SIZE, NULL, NULL }
#define PATH(name) { name, CONFIG_PATH, NULL, NULL }
#define WORD(name, words) { name, CONFIG_WORD, NULL, words }
#define TRUST(name) { name, CONFIG_TRUST, NULL, NULL }

static const struct remote_key keys[] = {
	{ URL("url"), ANY, REMOTE_WHERE | REMOTE_PLACE },
	{ COUNT("jobs"), ANY, 0 },
	{ WORD("layout", "packed|plain"), ANY, REMOTE_PLACE },
	{ BOOL("read_only"), ANY, 0 },
	{ BOOL("verify"), ANY, 0 },	/* everything always is */
	{ WORD("version_aware", "false"), ANY, 0 },
	{ SIZE("max_rate"), NET, 0 },
	{ COUNT("timeout"), NET, 0 },
	{ COUNT("connect_timeout"), NET, 0 },
	{ COUNT("connection_timeout"), AZ, 0 },
	{ COUNT("read_timeout"), NET, 0 },
	{ URL("endpointurl"), S3 | AZ, REMOTE_WHERE | REMOTE_PLACE },
	{ BOOL("use_ssl"), S3 | AZ, REMOTE_WHERE },
	{ TRUST("ssl_verify"), S3 | AZ | WEB, REMOTE_WHERE },
	{ URL("proxy"), S3 | AZ | WEB, REMOTE_OWN },
	{ BOOL("allow_anonymous_login"), S3 | AZ, 0 },

	{ STR("region"), S3, 0 },
	{ STR("profile"), S3, 0 },
	{ PATH("credentialpath"), S3, REMOTE_OWN },
	{ PATH("configpath"), S3, REMOTE_OWN },
	{ STR("access_key_id"), S3, 0 },
	{ STR("secret_access_key"), S3, REMOTE_SECRET },
	{ STR("session_token"), S3, REMOTE_SECRET },
	{ WORD("signature", "v4|v2"), S3, 0 },
	{ WORD("addressing_style", "auto|path|virtual"), S3, 0 },
	{ BOOL("cache_regions"), S3, 0 },
	{ BOOL("sign_payload"), S3, 0 },
	{ BOOL("requester_pays"), S3, 0 },
	{ SIZE("multipart_chunksize"), S3, 0 },
	{ SIZE("multipart_threshold"), S3, 0 },
	{ STR("storage_class"), S3, 0 },
	{ STR("sse"), S3, 0 },
	{ STR("sse_kms_key_id"), S3, 0 },
	{ STR("sse_customer_algorithm"), S3, 0 },
	{ STR("sse_customer_key"), S3, REMOTE_SECRET },
	{ STR("acl"), S3, 0 },
	{ STR("grant_read"), S3, 0 },
	{ STR("grant_read_acp"), S3, 0 },
	{ STR("grant_write_acp"), S3, 0 },
	{ STR("grant_full_control"), S3, 0 },

	{ STR("account_name"), AZ, REMOTE_WHERE | REMOTE_PLACE },
	{ STR("account_key"), AZ, REMOTE_SECRET },
	{ STR("connection_string"), AZ, REMOTE_SECRET },
	{ STR("sas_token"), AZ, REMOTE_SECRET },
	{ STR("tenant_id"), AZ, 0 },
	{ STR("client_id"), AZ, 0 },
	{ STR("client_secret"), AZ, REMOTE_SECRET },
	{ BOOL("exclude_environment_credential"), AZ, 0 },
	{ BOOL("exclude_visual_studio_code_credential"), AZ, 0 },
	{ BOOL("exclude_shared_token_cache_credential"), AZ, 0 },
	{ BOOL("exclude_managed_identity_credential"), AZ, 0 },

	{ WORD("auth", "basic|digest|custom"), WEB, 0 },
	{ STR("custom_auth_header"), WEB, 0 },
	{ WORD("method", "PUT|POST"), WEB, 0 },
	{ STR("token"), WEB, REMOTE_SECRET },
	{ PATH("cert_path"), WEB, REMOTE_OWN },
	{ PATH("key_path"), WEB, REMOTE_OWN },

	{ STR("user"), WEB | SSH, REMOTE_PLACE },
	{ STR("password"), WEB | SSH, REMOTE_SECRET },
	{ BOOL("ask_password"), WEB | SSH, 0 },
	{ COUNT("port"), SSH, REMOTE_WHERE | REMOTE_PLACE },
	{ PATH("keyfile"), SSH, REMOTE_OWN },
	{ STR("passphrase"), SSH, REMOTE_SECRET },
	{ BOOL("ask_passphrase"), SSH, 0 },
	{ BOOL("gss_auth"), SSH, 0 },
	{ BOOL("allow_agent"), SSH, 0 },
	{ COUNT("max_sessions"), SSH, 0 },

	{ STR(REMOTE_BOUND), ANY, REMOTE_OWN | REMOTE_HIDDEN },
};

/* "access-key-id" is "access_key_id", whatever the case. */
static bool same(const char *name, const char *option)
{
	while (*name && (*name == tolower((unsigned char)*option) ||
			 (*name == '_' && *option == '-'))) {
		name++;
		option++;
	}
	return *name == *option;
}

const struct remote_key *remote_key_find(const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (same(keys[i].key.name, option))
			return &keys[i];
	return NULL;
}

const struct remote_key *remote_key_at(size_t i)
{
	return i < ARRAY_SIZE(keys) ? &keys[i] : NULL;
}

const char *remote_key_option(const char *key)
{
	const char *dot = strrchr(key, '.');

	/* The name between may have dots. */
	return str_starts(key, "remote.") && dot > key + strlen("remote.")
		       ? dot + 1 : NULL;
}

char *remote_key_spell_key(const char *key)
{
	char *spelled = strdup(key);

	for (char *p = spelled ? strrchr(spelled, '.') : NULL; p && *p; p++)
		if (*p == '_')
			*p = '-';
	return spelled;
}

char *remote_key_spell(const char *name, const char *option)
{
	AUTO_FREE char *key = str_printf("remote.%s.%s", name, option);

	return key ? remote_key_spell_key(key) : NULL;
}

int remote_key_unknown(const char *option, struct dver_err *err)
{
	struct near near;

	near_init(&near, option);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!(keys[i].flags & REMOTE_HIDDEN))
			near_look(&near, keys[i].key.name);
	if (near.n == 0)
		return err_set(err, DVER_EINVAL, "remotes have no option "
			       "'%s': dver-remote(7) lists them", option);
	return err_set(err, DVER_EINVAL, "remotes have no option '%s': did "
		       "you mean '%s'%s%s%s?", option, near.v[0],
		       near.n > 1 ? " or '" : "", near.n > 1 ? near.v[1] : "",
		       near.n > 1 ? "'" : "");
}

void remote_schemes_say(struct buf *out, unsigned schemes)
{
	static const char *const names[] = { "folder", "s3", "azure", "http",
					     "webdav", "ssh" };
	unsigned left = schemes;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(left & (1u << i)))
			continue;
		left &= ~(1u << i);
		buf_addf(out, "%s%s", out->len == 0 ? ""
			 : left ? ", " : " and ", names[i]);
	}
}
