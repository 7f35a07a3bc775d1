/*
 * dver/remote.h - the places that data is pushed to and pulled from.
 *
 * A remote is a `[remote "NAME"]` section of the configuration with a `url`:
 * a path (relative ones are relative to the file that says it) or file://.
 */
#ifndef DVER_REMOTE_H
#define DVER_REMOTE_H

#include <stdbool.h>

#include "dver/config.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_remote {
	const char *name;
	const char *url;	/* resolved, without user name and password */
	bool is_default;
	enum dver_config_level level;
};

DVER_API int dver_remote_each(struct dver_repo *repo,
			      int (*fn)(void *data,
					const struct dver_remote *remote),
			      void *data, struct dver_err *err);

enum {
	DVER_REMOTE_DEFAULT = 1,	/* make it the default */
	DVER_REMOTE_FORCE = 2		/* replace one of the same name */
};
/*
 * Add a remote; the first one becomes the default.  Nothing is made there
 * until the first push.  DVER_EEXISTS, DVER_EINVAL (name or URL).
 */
DVER_API int dver_remote_add(struct dver_repo *repo,
			     enum dver_config_level level, const char *name,
			     const char *url, unsigned flags,
			     struct dver_err *err);
DVER_API int dver_remote_remove(struct dver_repo *repo, const char *name,
				struct dver_err *err);
DVER_API int dver_remote_rename(struct dver_repo *repo, const char *from,
				const char *to, struct dver_err *err);
DVER_API int dver_remote_set_url(struct dver_repo *repo, const char *name,
				 const char *url, struct dver_err *err);
/* NULL: no default. */
DVER_API int dver_remote_set_default(struct dver_repo *repo,
				     enum dver_config_level level,
				     const char *name, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
