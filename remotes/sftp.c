/*
 * sftp - ssh:// and sftp://: a folder on a host, over the user's own ssh.
 *
 * Nothing of a remote's settings is ever run: which ssh it is says git's own
 * configuration (net/ssh_command.h), and what is handed to it is checked.
 */
#include <errno.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "net/sftp_folder.h"
#include "net/ssh.h"
#include "net/ssh_url.h"
#include "store/transport_config.h"

#define CONNECT 30	/* seconds */
#define TIMEOUT 60
#define TIMEOUT_MAX 86400
#define SESSIONS 4
#define SESSIONS_MAX 64

struct sftp {
	struct transport t;
	char *url;		/* owned, as all that follows */
	struct ssh_url where;
	char *user, *keyfile;
	struct ssh_target target;
	struct sftp_folder *folder;
	struct sftp_pace pace;
};

static struct sftp *sftp_of(struct transport *t)
{
	return (struct sftp *)t;
}

struct listing {
	transport_list_fn fn;
	void *data;
};

static int on_file(void *data, const struct sftp_listed *f,
		   struct dver_err *err)
{
	struct listing *l = data;
	struct transport_key k = { f->path, f->size, f->mtime };

	return l->fn(l->data, &k, err);
}

static int sftp_list_keys(struct transport *t, const char *prefix,
			  transport_list_fn fn, void *data,
			  struct dver_err *err)
{
	struct listing l = { fn, data };

	return sftp_folder_list(sftp_of(t)->folder, prefix, on_file, &l, err);
}

static int sftp_get(struct transport *t, const char *key, uint64_t off,
		    void *out, size_t len, size_t *got, struct dver_err *err)
{
	return sftp_folder_get(sftp_of(t)->folder, key, off, out, len, got,
			       err);
}

static int sftp_put(struct transport *t, const char *key,
		    const struct transport_src *src, struct dver_err *err)
{
	struct sftp *d = sftp_of(t);
	struct sftp_source from = { src->data, src->path, src->len };
	struct os_stat st;
	int r;

	if (!src->data && os_stat(src->path, &st, true) < 0)
		return err_sys(err, "cannot read '%s'", src->path);
	/* A file that was cut off since it was written is not put. */
	if (!src->data && st.size != src->len)
		return err_set(err, DVER_EIO, "'%s' has %llu bytes, not %zu",
			       src->path, (unsigned long long)st.size,
			       src->len);
	r = sftp_folder_put(d->folder, key, &from, err);
	if (r == 0 && !src->data && src->consume)
		(void)os_unlink(src->path);
	return r;
}

static int sftp_replace_key(struct transport *t, const char *key,
			    const void *data, size_t len,
			    struct dver_err *err)
{
	return sftp_folder_replace(sftp_of(t)->folder, key, data, len, err);
}

static int sftp_del(struct transport *t, const char *key, struct dver_err *err)
{
	return sftp_folder_remove(sftp_of(t)->folder, key, err);
}

static int sftp_flush(struct transport *t, struct dver_err *err)
{
	return sftp_folder_flush(sftp_of(t)->folder, err);
}

static void sftp_close(struct transport *t)
{
	struct sftp *d = sftp_of(t);

	sftp_folder_free(d->folder);
	sftp_pace_release(&d->pace);
	ssh_secrets_release(&d->target.secrets);
	ssh_url_release(&d->where);
	free(d->user);
	free(d->keyfile);
	free(d->url);
	free(d);
}

static const struct transport_ops sftp_ops = {
	.name = "sftp", .list = sftp_list_keys, .get = sftp_get,
	.put = sftp_put, .replace = sftp_replace_key, .del = sftp_del,
	.flush = sftp_flush, .close = sftp_close,
};

static int open_session(void *data, struct sftp_conn **out, bool extra,
			bool *again, struct dver_err *err)
{
	struct sftp *d = data;

	return ssh_open(out, &d->target, extra, again, err);
}

/* A number of the settings within its limits. */
static int number(const struct transport_config *cfg, const char *key,
		  uint64_t otherwise, uint64_t most, uint64_t *out,
		  struct dver_err *err)
{
	int r = transport_setting_number(cfg, key, otherwise, out, err);

	if (r < 0 || (*out > 0 && *out <= most))
		return r;
	return err_set(err, DVER_EINVAL, "'remote.%s.%s' takes a number from "
		       "1 to %llu", cfg->name, key, (unsigned long long)most);
}

static int take_user(struct sftp *d, const struct transport_config *cfg,
		     struct dver_err *err)
{
	const char *user = transport_setting_str(cfg, "user");

	if (!user)
		user = d->where.user;
	if (!user)
		return 0;
	if (!ssh_url_user_ok(user))
		return err_set(err, DVER_EINVAL, "'remote.%s.user' is no name "
			       "of a user that ssh would take", cfg->name);
	d->user = strdup(user);
	d->target.login.user = d->user;
	return d->user ? 0 : err_nomem(err);
}

static int take_keyfile(struct sftp *d, const struct transport_config *cfg,
			struct dver_err *err)
{
	const struct transport_setting *s = transport_setting(cfg, "keyfile");

	if (!s || !*s->value)
		return 0;
	if (access(s->value, R_OK) < 0) {
		/* No code of this may pass for a store that is not there. */
		(void)err_sys(err, "cannot read the key file '%s' that "
			      "'remote.%s.keyfile' in '%s' names", s->value,
			      cfg->name, s->file);
		if (err)
			err->code = DVER_EINVAL;
		return DVER_EINVAL;
	}
	d->keyfile = strdup(s->value);
	d->target.login.keyfile = d->keyfile;
	return d->keyfile ? 0 : err_nomem(err);
}

static int take_secrets(struct sftp *d, const struct transport_config *cfg,
			struct dver_err *err)
{
	struct ssh_secrets *s = &d->target.secrets;
	int r;

	s->known[SSH_PASSWORD] = transport_setting_str(cfg, "password");
	s->known[SSH_PASSPHRASE] = transport_setting_str(cfg, "passphrase");
	s->ask = cfg->ask;
	s->confirm = cfg->confirm;
	s->data = cfg->ask_data;
	r = transport_setting_bool(cfg, "ask_password", false,
				   &s->ask_for[SSH_PASSWORD], err);
	return r < 0 ? r
		     : transport_setting_bool(cfg, "ask_passphrase", false,
					      &s->ask_for[SSH_PASSPHRASE],
					      err);
}

/* What DVC's options say of the login. */
static int take_settings(struct sftp *d, const struct transport_config *cfg,
			 uint64_t *sessions, struct dver_err *err)
{
	struct ssh_login *l = &d->target.login;
	bool agent = true;
	uint64_t port = 0, timeout = 0, connect = 0, silence = 0, rate = 0;
	int r = take_user(d, cfg, err);

	if (r == 0)
		r = number(cfg, "port", d->where.port ? d->where.port : 22,
			   65535, &port, err);
	if (r == 0)
		r = number(cfg, "timeout", TIMEOUT, TIMEOUT_MAX, &timeout,
			   err);
	if (r == 0)
		r = number(cfg, "connect_timeout",
			   transport_setting(cfg, "timeout") ? timeout
							     : CONNECT,
			   TIMEOUT_MAX, &connect, err);
	if (r == 0)
		r = number(cfg, "read_timeout", timeout, TIMEOUT_MAX, &silence,
			   err);
	if (r == 0)
		r = number(cfg, "max_sessions", SESSIONS, SESSIONS_MAX,
			   sessions, err);
	if (r == 0)
		r = transport_setting_number(cfg, "max_rate", 0, &rate, err);
	if (r == 0)
		r = transport_setting_bool(cfg, "gss_auth", false,
					   &l->gss_auth, err);
	if (r == 0)
		r = transport_setting_bool(cfg, "allow_agent", true, &agent,
					   err);
	if (r == 0)
		r = take_keyfile(d, cfg, err);
	if (r == 0)
		r = take_secrets(d, cfg, err);
	l->host = d->where.host;
	/* Where nothing says a port, ssh's own configuration may. */
	l->port = transport_setting(cfg, "port") || d->where.port
		  ? (unsigned)port : 0;
	l->connect = (int)connect;
	l->timeout = (int)silence;
	l->no_agent = !agent;
	d->target.cancel = cfg->cancel;
	d->pace.up.per_second = d->pace.down.per_second = rate;
	d->target.pace = rate ? &d->pace : NULL;
	return r;
}

static int make_folder(struct sftp *d, const struct transport_config *cfg,
		       uint64_t sessions, struct dver_err *err)
{
	struct sftp_folder_opts o = {
		.path = d->where.path, .place = d->url,
		.nosync = cfg->flags & TRANSPORT_NOSYNC,
		.mode_mask = cfg->mode_mask,
		.sessions = { .open = open_session, .data = d,
			      .max = (int)sessions, .cancel = cfg->cancel },
	};

	return sftp_folder_new(&d->folder, &o, err);
}

int transport_sftp_open(struct transport **out,
			const struct transport_config *cfg,
			struct dver_err *err)
{
	struct sftp *d = calloc(1, sizeof(*d));
	uint64_t sessions = SESSIONS;
	int r;

	if (!d)
		return err_nomem(err);
	d->t.ops = &sftp_ops;
	d->t.read_only = cfg->flags & TRANSPORT_READONLY;
	d->url = strdup(cfg->url);
	d->t.url = d->url;
	sftp_pace_init(&d->pace, 0);
	r = d->url ? ssh_url_parse(&d->where, cfg->url, err) : err_nomem(err);
	if (r == 0)
		r = take_settings(d, cfg, &sessions, err);
	if (r == 0)
		r = make_folder(d, cfg, sessions, err);
	if (r < 0) {
		sftp_close(&d->t);
		return r;
	}
	*out = &d->t;
	return 0;
}
