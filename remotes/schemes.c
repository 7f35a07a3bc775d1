/*
 * schemes - which driver opens which URL.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/share.h"
#include "net/ssh_url.h"
#include "store/transport_config.h"

struct scheme {
	const char *name;
	int (*open)(struct transport **out, const struct transport_config *cfg,
		    struct dver_err *err);
};

static int open_folder(struct transport **out,
		       const struct transport_config *cfg,
		       struct dver_err *err)
{
	const char *path = cfg->url;

	if (str_starts(path, "file://"))
		path += strlen("file://");
	if (cfg->mode_mask && *path == '/')
		share_add(path, cfg->mode_mask & 0666, false);
	return transport_directory_open(out, path, cfg->flags, cfg->mode_mask,
					err);
}

static const struct scheme schemes[] = {
	{ "file", open_folder },
	{ "sftp", transport_sftp_open },
	{ "ssh", transport_sftp_open },
	{ "s3", transport_s3_open },
	{ "azure", transport_azure_open },
	{ "http", transport_http_open },
	{ "https", transport_http_open },
	{ "webdav", transport_webdav_open },
	{ "webdavs", transport_webdav_open },
};

static const struct scheme folder = { "", open_folder };
/* "host:path", as git writes it */
static const struct scheme shortly = { "", transport_sftp_open };

static const struct scheme *find(const char *url)
{
	const char *end = strstr(url, "://");

	if (!end)
		return ssh_url_is_short(url) ? &shortly : &folder;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (strlen(schemes[i].name) == (size_t)(end - url) &&
		    str_starts(url, schemes[i].name))
			return &schemes[i];
	return NULL;
}

bool transport_knows(const char *url)
{
	return find(url) != NULL;
}

int transport_open(struct transport **out, const struct transport_config *cfg,
		   struct dver_err *err)
{
	const struct scheme *s = find(cfg->url);
	AUTO_BUF struct buf known = BUF_INIT(300);

	if (s)
		return s->open(out, cfg, err);
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		buf_addf(&known, ", %s://", schemes[i].name);
	return err_set(err, DVER_EUNSUPPORTED, "'%.*s://' is no kind of remote "
		       "that this version knows: use a path%s",
		       (int)(strstr(cfg->url, "://") - cfg->url), cfg->url,
		       known.data);
}
