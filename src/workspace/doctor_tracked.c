/*
 * doctor_tracked - what git tracks and should not, and what it does not track
 * and should: one pass over its index.
 */
#include "workspace/doctor.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git.h"
#include "repo/git_index.h"
#include "repo/outputs.h"

#define BIG (5u << 20)		/* bytes: rather data than text */
#define HUGE_FILE (50u << 20)	/* forges warn here, and refuse twice that */
#define BIG_MAX 10000		/* entries that are looked at further */
#define NAMED 3

struct big {
	char *path;		/* owned */
	uint64_t size;
};

struct tracked {
	struct doctor *d;
	struct outputs outputs;
	struct strvec pointers;		/* in git's index; in its order */
	struct big *big;		/* owned */
	size_t nbig, cap;
	uint64_t inside;		/* files of outputs */
	uint64_t own;			/* files of .dver */
	bool config;			/* .dver/config is tracked */
	char *first_inside, *first_own;	/* owned */
};

static void tracked_release(struct tracked *t)
{
	for (size_t i = 0; i < t->nbig; i++)
		free(t->big[i].path);
	free(t->big);
	free(t->first_inside);
	free(t->first_own);
	strvec_release(&t->pointers);
	outputs_release(&t->outputs);
}

/* The name in the workspace, or NULL. */
static const char *below_root(const struct tracked *t, const char *name)
{
	const char *prefix = t->d->repo->prefix;
	size_t len = strlen(prefix);

	if (len == 0)
		return name;
	return strncmp(name, prefix, len) == 0 && name[len] == '/'
		       ? name + len + 1 : NULL;
}

static bool is_ours(const char *name)
{
	return str_starts(name, ".dver/") && !streq(name, ".dver/config") &&
	       !streq(name, ".dver/.gitignore") &&
	       !str_starts(name, ".dver/plots/");
}

/* 0 for what is no regular file. */
static uint64_t size_of(const struct tracked *t,
			const struct index_entry *e, const char *name)
{
	AUTO_FREE char *full = NULL;
	struct os_stat st;

	if (e->mode)
		return (e->mode & S_IFMT) == S_IFREG ? e->size : 0;
	full = path_join(t->d->root, name);
	return full && os_stat(full, &st, true) == 0 && S_ISREG(st.mode)
		       ? st.size : 0;
}

static int note_big(struct tracked *t, const char *name, uint64_t size)
{
	struct big b = { NULL, size };

	/* A merge has it in several stages. */
	if (t->nbig == BIG_MAX ||
	    (t->nbig && streq(t->big[t->nbig - 1].path, name)))
		return 0;
	/* git keeps a pointer of its own for it. */
	if (git_attribute_is(t->d->repo->git, name, "filter", "lfs"))
		return 0;
	b.path = strdup(name);
	if (!b.path || !mem_grow(&t->big, &t->cap, t->nbig + 1, sizeof(b))) {
		free(b.path);
		return DVER_ENOMEM;
	}
	t->big[t->nbig++] = b;
	return 0;
}

static int on_entry(void *data, const struct index_entry *e)
{
	struct tracked *t = data;
	const char *name = below_root(t, e->name);
	uint64_t size;

	if (!name || e->skip_worktree)
		return 0;
	if (str_ends(name, POINTER_SUFFIX) && !str_starts(name, ".dver/"))
		return strvec_push(&t->pointers, name) ? 0 : DVER_ENOMEM;
	if (is_ours(name)) {
		if (t->own++ == 0)
			t->first_own = strdup(name);
		return 0;
	}
	t->config |= streq(name, ".dver/config");
	if (outputs_holding(&t->outputs, name)) {
		if (t->inside++ == 0)
			t->first_inside = strdup(name);
		return 0;
	}
	size = size_of(t, e, name);
	return size >= BIG ? note_big(t, name, size) : 0;
}

static int walk(struct tracked *t, struct dver_err *err)
{
	bool slow = false;
	int r = git_index_each(t->d->repo->git, &slow, on_entry, t, err);

	if (r < 0 || !slow)
		return r;
	/* From the start, by git itself. */
	strvec_clear(&t->pointers);
	t->inside = t->own = 0;
	free(TAKE(t->first_inside));
	free(TAKE(t->first_own));
	while (t->nbig)
		free(t->big[--t->nbig].path);
	return git_index_each(t->d->repo->git, &slow, on_entry, t, err);
}

static int by_size(const void *a, const void *b)
{
	const struct big *x = a, *y = b;

	return (x->size < y->size) - (x->size > y->size);
}

static void tell_big(struct tracked *t)
{
	AUTO_BUF struct buf names = BUF_BIG;
	AUTO_FREE char *word = NULL;
	char size[DOCTOR_SIZE];

	if (t->nbig == 0)
		return;
	qsort(t->big, t->nbig, sizeof(*t->big), by_size);
	for (size_t i = 0; i < t->nbig && i < NAMED; i++)
		buf_addf(&names, "%s'%s' (%s)", i ? ", " : "", t->big[i].path,
			 doctor_size(size, t->big[i].size));
	if (t->nbig > NAMED)
		buf_addf(&names, " and %zu more", t->nbig - NAMED);
	word = doctor_word(t->big[0].path);
	doctor_say(t->d, t->big[0].size >= HUGE_FILE ? DVER_VERDICT_WARNING
						     : DVER_VERDICT_NOTE,
		   "git itself keeps %zu file%s of 5 MB or more, in every "
		   "clone: %s", t->nbig, t->nbig == 1 ? "" : "s", names.data);
	doctor_do(t->d, "git rm --cached %s && dver add %s", word ? word : "",
		  word ? word : "");
}

static void tell_wrong(struct tracked *t)
{
	struct doctor *d = t->d;

	if (t->inside) {
		const struct output *o = outputs_holding(&t->outputs,
							 t->first_inside);
		AUTO_FREE char *word = doctor_word(o->path);

		doctor_say(d, DVER_VERDICT_WARNING, "git tracks %llu file%s "
			   "that dver tracks too: '%s'",
			   (unsigned long long)t->inside,
			   t->inside == 1 ? "" : "s", t->first_inside);
		doctor_do(d, "git rm -r --cached %s", word ? word : "");
	}
	if (t->own) {
		doctor_say(d, DVER_VERDICT_WARNING, "git tracks %llu file%s "
			   "that belong%s to this disk alone: '%s'",
			   (unsigned long long)t->own, t->own == 1 ? "" : "s",
			   t->own == 1 ? "s" : "", t->first_own);
		doctor_do(d, "git rm -r --cached .dver && git add .dver/config "
			  ".dver/.gitignore");
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_ignored(struct tracked *t, const char *path)
{
	const char *const *v = (const char *const *)t->pointers.v;

	if (t->pointers.n && bsearch(&path, v, t->pointers.n, sizeof(*v),
				     by_name))
		return false;
	return git_ignored(t->d->repo->git, path, NULL) > 0;
}

static void tell_ignored(struct tracked *t)
{
	static const char any[] = "dver-doctor" POINTER_SUFFIX;
	const char *first = NULL;
	struct doctor *d = t->d;
	uint64_t n = 0;

	for (size_t i = 0; i < t->outputs.n; i++) {
		const char *path = t->outputs.v[i].pointer_path;

		if (!is_ignored(t, path))
			continue;
		first = first ? first : path;
		n++;
	}
	if (n || is_ignored(t, any)) {
		AUTO_FREE char *word = doctor_word(n ? first : any);

		if (n)
			doctor_say(d, DVER_VERDICT_WARNING, "git ignores %llu "
				   "pointer%s, which no clone will have: '%s'",
				   (unsigned long long)n, n == 1 ? "" : "s",
				   first);
		else
			doctor_say(d, DVER_VERDICT_WARNING, "git ignores files "
				   "named *%s: new pointers will be in no "
				   "clone", POINTER_SUFFIX);
		doctor_do(d, "git check-ignore -v %s names the rule: take it "
			  "out%s", word ? word : "",
			  n ? ", then git add the pointer" : "");
	}
	if (!t->config && is_ignored(t, ".dver/config")) {
		doctor_say(d, DVER_VERDICT_NOTE, "git ignores .dver/config: "
			   "clones have none of its settings");
		doctor_do(d, "git add -f .dver/config");
	}
}

void doctor_tracked(struct doctor *d)
{
	struct tracked t = { .d = d };
	struct dver_err err;
	int r;

	if (!d->repo->git)
		return;
	r = doctor_outputs(d, &t.outputs, &err);
	if (r == 0)
		r = walk(&t, &err);
	strvec_sort(&t.pointers);
	if (r < 0) {
		doctor_say(d, DVER_VERDICT_WARNING, "%s", err.msg);
	} else {
		tell_big(&t);
		tell_wrong(&t);
		tell_ignored(&t);
		if (doctor_quiet(d))
			doctor_say(d, DVER_VERDICT_OK, "git tracks the "
				   "pointers, and no data");
	}
	tracked_release(&t);
}
