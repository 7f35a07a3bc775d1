/*
 * doctor_workspace - is there one, can it be opened, and are its settings and
 * pointers such as dver can read?
 */
#include "workspace/doctor.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/config.h"
#include "repo/config_keys.h"
#include "repo/git.h"
#include "workspace/record.h"

static void cannot_open(struct doctor *d)
{
	AUTO_FREE char *word = doctor_word(d->root ? d->root : d->here);

	doctor_say(d, DVER_VERDICT_PROBLEM, "'%s' cannot be opened: %s",
		   d->root ? d->root : d->here, d->why.msg);
	if (strstr(d->why.msg, "owned by"))
		doctor_do(d, "git config --global --add safe.directory %s",
			  word ? word : "");
	else if (d->why.code == DVER_EFORMAT)
		doctor_do(d, "mend that file, or take its last version: git "
			  "checkout -- .dver/config");
	else
		doctor_do(d, "git -C %s status says more", word ? word : "");
}

static void cannot_write(struct doctor *d)
{
	AUTO_FREE char *word = doctor_word(d->meta);
	bool read_only = errno == EROFS;

	doctor_say(d, DVER_VERDICT_PROBLEM, "you may not write to '%s': "
		   "commands that change the workspace fail, and neither links "
		   "nor locks can be tried", d->meta);
	if (!read_only)
		doctor_do(d, "its owner can let you: chmod -R g=u %s, and a "
			  "group that you are both in", word ? word : "");
}

void doctor_workspace(struct doctor *d)
{
	if (d->repo && d->repo->git) {
		doctor_say(d, DVER_VERDICT_OK, "'%s', in the git repository "
			   "'%s'", d->root, git_common_dir(d->repo->git));
	} else if (d->repo) {
		doctor_say(d, DVER_VERDICT_NOTE, "'%s', without git: there "
			   "are no versions of its pointers", d->root);
	} else if (d->why.code == DVER_ENOTFOUND && !d->root) {
		doctor_say(d, DVER_VERDICT_NOTE, "'%s' is in no dver "
			   "workspace: only this machine is looked at",
			   d->here);
		doctor_do(d, "dver init makes one");
	} else {
		cannot_open(d);
	}
	if (d->meta && access(d->meta, W_OK | X_OK) < 0)
		cannot_write(d);
}

struct settings { struct doctor *d; uint64_t n, odd; };

static const char *level_option(enum dver_config_level level)
{
	static const char *const options[] = {
		[DVER_CONFIG_ANY] = "", [DVER_CONFIG_SYSTEM] = "--system ",
		[DVER_CONFIG_GLOBAL] = "--global ", [DVER_CONFIG_REPO] = "",
		[DVER_CONFIG_LOCAL] = "--local " };

	return options[level];
}

static int one_setting(void *data, const struct dver_config_entry *e)
{
	struct settings *s = data;
	const struct config_key *k = config_key_find(e->key);
	AUTO_FREE char *word = doctor_word(e->key);
	struct dver_err why;

	s->n++;
	if (!k) {
		doctor_say(s->d, DVER_VERDICT_WARNING, "'%s' has '%s', which "
			   "is no setting: nothing reads it", e->file, e->key);
		doctor_do(s->d, "dver config %s--unset %s; man dver-config(5) "
			  "lists what there is", level_option(e->level), word);
	} else if (!dver_config_is_secret(e->key) &&
		   config_key_check(k, e->key, e->value, &why) < 0) {
		doctor_say(s->d, DVER_VERDICT_PROBLEM, "'%s': %s", e->file,
			   why.msg);
		doctor_do(s->d, "dver config %s%s VALUE, or --unset",
			  level_option(e->level), word);
	} else {
		return 0;
	}
	s->odd++;
	return s->d->r;
}

void doctor_settings(struct doctor *d)
{
	struct settings s = { .d = d };
	struct dver_err err;
	int r = dver_config_each(d->repo, DVER_CONFIG_ANY, one_setting, &s,
				 &err);

	if (r < 0 && d->r == 0)
		doctor_say(d, DVER_VERDICT_PROBLEM, "%s", err.msg);
	else if (s.odd == 0)
		doctor_say(d, DVER_VERDICT_OK, "%llu setting%s",
			   (unsigned long long)s.n, s.n == 1 ? "" : "s");
}

int doctor_outputs(struct doctor *d, struct outputs *o, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(d->meta, "workspace");
	AUTO_STRVEC struct strvec extra = STRVEC_INIT;
	AUTO_RECORD struct record record = RECORD_INIT;
	int r = path ? record_load(&record, path, err) : err_nomem(err);

	for (size_t i = 0; r == 0 && i < record.n; i++)
		if (!strvec_push(&extra, record.v[i].path))
			r = err_nomem(err);
	return r < 0 ? r : outputs_load(o, d->repo, &extra, err);
}

void doctor_pointers(struct doctor *d)
{
	AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;
	const struct output *first = NULL;
	struct dver_err err;
	size_t bad = 0;

	if (doctor_outputs(d, &o, &err) < 0) {
		doctor_say(d, DVER_VERDICT_PROBLEM, "%s", err.msg);
		return;
	}
	for (size_t i = 0; i < o.n; i++) {
		if (!o.v[i].problem)
			continue;
		first = first ? first : &o.v[i];
		bad++;
	}
	if (!bad) {
		doctor_say(d, DVER_VERDICT_OK, "%zu output%s", o.n,
			   o.n == 1 ? "" : "s");
		return;
	}
	doctor_say(d, DVER_VERDICT_PROBLEM, "%zu of %zu pointers cannot be "
		   "used: %s", bad, o.n, first->problem);
	doctor_do(d, "dver status names them all; dver resolve merges what "
		  "git left in conflict");
}
