/*
 * doctor - one table of checks; each says what it found.
 *
 * The workspace is opened as far as that goes: its folder is looked for
 * besides, so that settings or a repository that cannot be read keep nothing
 * else from being looked at.
 */
#include "workspace/doctor.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git.h"

enum { IN_WORKSPACE = 1, OPENED = 2, ONLINE = 4 };

static const struct {
	const char *name;
	void (*run)(struct doctor *d);
	unsigned needs;
} checks[] = {
	{ "versions", doctor_versions, 0 },
	{ "workspace", doctor_workspace, 0 },
	{ "settings", doctor_settings, OPENED },
	{ "pointers", doctor_pointers, OPENED },
	{ "cache", doctor_cache, IN_WORKSPACE },
	{ "sharing", doctor_sharing, IN_WORKSPACE },
	{ "workspaces", doctor_users, IN_WORKSPACE },
	{ "left-overs", doctor_leftovers, IN_WORKSPACE },
	{ "disks", doctor_disks, 0 },
	{ "space", doctor_space, 0 },
	{ "links", doctor_links, 0 },
	{ "clock", doctor_clock, 0 },
	{ "locks", doctor_locks, 0 },
	{ "speed", doctor_speed, 0 },
	{ "hooks", doctor_hooks, OPENED },
	{ "merge", doctor_merge, OPENED },
	{ "git", doctor_repository, IN_WORKSPACE },
	{ "tracked", doctor_tracked, OPENED },
	{ "remotes", doctor_remotes, OPENED | ONLINE },
};

bool doctor_stopped(struct doctor *d)
{
	if (d->r == 0 && d->opts->stop && d->opts->stop(d->opts->data))
		d->r = DVER_ECANCEL;
	return d->r != 0;
}

static void flush(struct doctor *d)
{
	uint64_t *count[] = { &d->stats->ok, &d->stats->notes,
			      &d->stats->warnings, &d->stats->problems };

	if (!d->pending)
		return;
	d->pending = false;
	if (!buf_ok(&d->found) || !buf_ok(&d->advice))
		d->r = d->r ? d->r : DVER_ENOMEM;
	if (d->r)
		return;
	++*count[d->verdict];
	d->r = d->fn(d->data, &(struct dver_finding){
		.check = d->check, .verdict = d->verdict,
		.found = d->found.data,
		.advice = d->advice.len ? d->advice.data : NULL });
}

void doctor_say(struct doctor *d, enum dver_verdict v, const char *fmt, ...)
{
	va_list ap;

	flush(d);
	buf_clear(&d->found);
	buf_clear(&d->advice);
	va_start(ap, fmt);
	buf_vaddf(&d->found, fmt, ap);
	va_end(ap);
	d->verdict = v;
	d->pending = true;
	d->said++;
}

bool doctor_quiet(const struct doctor *d)
{
	return d->said == 0;
}

void doctor_do(struct doctor *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&d->advice, fmt, ap);
	va_end(ap);
}

char *doctor_word(const char *text)
{
	AUTO_BUF struct buf out = BUF_BIG;

	if (*text && *text != '-' &&
	    !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ/._-+:@%=")])
		return strdup(text);
	buf_addc(&out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_addstr(&out, "'\\''");
		else
			buf_addc(&out, *text);
	}
	buf_addc(&out, '\'');
	return buf_detach(&out);
}

const char *doctor_size(char text[DOCTOR_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
					     "PB" };
	double v = (double)bytes;
	size_t u = 0;

	for (; v >= 999.5 && u + 1 < ARRAY_SIZE(units); u++)
		v /= 1000;
	(void)snprintf(text, DOCTOR_SIZE, u && v < 9.95 ? "%.1f %s"
							 : "%.0f %s",
		       v, units[u]);
	return text;
}

static bool is_folder(const char *path)
{
	struct os_stat st;

	return os_stat(path, &st, false) == 0 && S_ISDIR(st.mode);
}

/* Where the workspace is, whether or not it could be opened. */
static int find_places(struct doctor *d, struct dver_err *err)
{
	if (d->repo) {
		d->root = strdup(d->repo->root);
		d->cache = strdup(d->repo->cache);
	} else if (d->why.code != DVER_ENOTFOUND) {
		d->root = repo_find_root(d->here);
		d->cache = d->root ? path_join(d->root, ".dver/cache") : NULL;
		if (!d->root)
			return 0;
	} else {
		return 0;
	}
	d->meta = d->root ? path_join(d->root, ".dver") : NULL;
	if (!d->meta || !d->cache)
		return err_nomem(err);
	d->has_cache = is_folder(d->cache);
	d->can_write = d->has_cache && access(d->cache, W_OK | X_OK) == 0;
	return 0;
}

static int start(struct doctor *d, const char *dir, struct dver_err *err)
{
	d->here = realpath(dir ? dir : ".", NULL);
	if (!d->here)
		return err_sys(err, "cannot open '%s'", dir ? dir : ".");
	if (repo_look(&d->repo, dir, &d->why) < 0)
		d->repo = NULL;
	if (d->why.code == DVER_ENOMEM)
		return err_nomem(err);
	return find_places(d, err);
}

static void look_at_disks(struct doctor *d)
{
	AUTO_FREE char *up = d->cache ? strdup(d->cache) : NULL;

	fs_look(&d->fs_work, d->root ? d->root : d->here);
	/* A cache that is not there yet will lie where its folder does. */
	while (up && !streq(up, "/") && access(up, F_OK) < 0) {
		char *above = path_dir(up);

		free(up);
		up = above;
	}
	fs_look(&d->fs_cache, up ? up : d->root ? d->root : d->here);
}

static unsigned has(const struct doctor *d)
{
	return (d->root ? IN_WORKSPACE : 0u) | (d->repo ? OPENED : 0u) |
	       (d->opts->offline ? 0u : ONLINE);
}

static void release(struct doctor *d)
{
	dver_repo_free(d->repo);
	free(d->here);
	free(d->root);
	free(d->meta);
	free(d->cache);
	buf_release(&d->found);
	buf_release(&d->advice);
}

int dver_doctor(const char *dir, const struct dver_doctor_opts *opts,
		int (*fn)(void *data, const struct dver_finding *f),
		void *data, struct dver_doctor_stats *stats,
		struct dver_err *err)
{
	static const struct dver_doctor_opts none = { .offline = false };
	struct doctor d = { .opts = opts ? opts : &none, .fn = fn,
			    .data = data, .stats = stats, .found = BUF_BIG,
			    .advice = BUF_BIG };
	int r;

	*stats = (struct dver_doctor_stats){ 0 };
	r = start(&d, dir, err);
	if (r == 0)
		look_at_disks(&d);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(checks); i++) {
		if (doctor_stopped(&d))
			break;
		if ((checks[i].needs & has(&d)) != checks[i].needs)
			continue;
		d.check = checks[i].name;
		d.said = 0;
		checks[i].run(&d);
		flush(&d);
	}
	if (r == 0)
		r = d.r;
	release(&d);
	if (r == DVER_ECANCEL)
		return err_set(err, r, "interrupted");
	return r == DVER_ENOMEM ? err_nomem(err) : r;
}
