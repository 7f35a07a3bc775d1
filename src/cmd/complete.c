#include "cmd/complete.h"

#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"

struct typing {
	const struct cmd *c;	/* NULL: it is not there yet */
	const struct opt *wants; /* the option whose value comes next */
	char **rest;		/* words of the command; borrowed */
	int n;
	bool dashes;		/* after "--" */
};

static const struct opt *find_long(const struct opt *o, const char *word)
{
	size_t len = strcspn(word, "=");

	for (; o->type != OPT_END; o++)
		if (o->type != OPT_REST && o->name &&
		    strlen(o->name) == len && memcmp(o->name, word, len) == 0)
			return o;
	return NULL;
}

static const struct opt *find_short(const struct opt *o, char c)
{
	for (; o->type != OPT_END; o++)
		if (o->type != OPT_REST && o->letter == c)
			return o;
	return NULL;
}

static bool takes_value(const struct opt *o)
{
	return o && o->type != OPT_FLAG && o->type != OPT_COUNT;
}

/* The option of this word whose value is the next one. */
static const struct opt *wanting(const struct opt *opts, const char *word)
{
	const struct opt *o;

	if (word[1] == '-') {
		o = find_long(opts, word + 2);
		return takes_value(o) && !strchr(word, '=') ? o : NULL;
	}
	for (const char *p = word + 1; *p; p++) {
		o = find_short(opts, *p);
		if (takes_value(o))
			return p[1] ? NULL : o;
	}
	return NULL;
}

static const struct opt *wants_value(const struct typing *t, const char *word)
{
	const struct opt *o = t->c ? wanting(t->c->opts, word) : NULL;

	return o ? o : wanting(cmd_global_opts, word);
}

/* Take in a word that stands before the one that is typed. */
static void step(struct typing *t, char *word)
{
	if (t->wants) {
		if (t->wants->letter == 'C' && chdir(word) < 0)
			word = NULL;
		t->wants = NULL;
	} else if (!t->dashes && strcmp(word, "--") == 0) {
		t->dashes = true;
	} else if (!t->dashes && word[0] == '-' && word[1]) {
		t->wants = wants_value(t, word);
	} else if (!t->c) {
		t->c = cmd_find(word);
		/* An unknown command takes nothing. */
		t->dashes = !t->c;
	} else {
		t->rest[t->n++] = word;
	}
}

static void offer_options(const struct offer *o, const struct opt *opts)
{
	for (; opts->type != OPT_END; opts++) {
		AUTO_FREE char *name = NULL;

		if (opts->type == OPT_REST || !opts->name)
			continue;
		name = str_printf("--%s", opts->name);
		if (name)
			offer_word(o, name, opts->help);
	}
}

/* Does the list have the word? */
static bool has(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (list && *list) {
		size_t n = strcspn(list, " ");

		if (n == len && memcmp(list, word, n) == 0)
			return true;
		list += n + strspn(list + n, " ");
	}
	return false;
}

/* Words that stand for themselves; returns whether there are any. */
static bool offer_literals(const struct offer *o, const char *list,
			   bool print)
{
	bool any = false;

	while (list && *list) {
		size_t n = strcspn(list, " ");
		AUTO_FREE char *word = str_ndup(list, n);

		if (word && *word != '@') {
			any = true;
			if (print)
				offer_word(o, word, NULL);
		}
		list += n + strspn(list + n, " ");
	}
	return any;
}

static bool is_template(const struct opt *opt)
{
	return opt->name && strcmp(opt->name, "template") == 0;
}

/* The value of an option, by what -h calls it. */
static void offer_value(struct offer *o, const struct opt *opt)
{
	const char *arg = opt->arg ? opt->arg : "";
	const char *shell = "words";

	if (strcmp(arg, "DIR") == 0)
		shell = "dirs";
	else if (strcmp(arg, "PATH") == 0 || strcmp(arg, "FILE") == 0 ||
		 is_template(opt))
		shell = "files";
	(void)puts(shell);
	if (opt->name && strcmp(opt->name, "remote") == 0)
		offer_remotes(o);
	else if (strcmp(arg, "REF") == 0 || strcmp(arg, "REV") == 0)
		offer_revs(o, "");
	else if (strcmp(arg, "HOW") == 0)
		(void)offer_literals(o, "auto plain none", true);
	else if (strcmp(arg, "FORGE") == 0)
		(void)offer_literals(o, "github gitlab", true);
	else if (opt->name && strcmp(opt->name, "metric") == 0)
		offer_values(o, DVER_METRICS);
	else if (opt->name && strcmp(opt->name, "param") == 0)
		offer_values(o, DVER_PARAMS);
	else if (opt->name && strcmp(opt->name, "stage") == 0)
		offer_stages(o);
	else if (is_template(opt))
		offer_templates(o);
	else if (strcmp(arg, "OPT=VAL") == 0)
		offer_remote_options(o, "=");
}

/* "main:data/x": what is before the colon, if git knows it. */
static void offer_revpaths(struct offer *o)
{
	const char *colon = strchr(o->typed, ':');
	AUTO_FREE char *rev = colon ? str_ndup(o->typed, (size_t)(colon -
								   o->typed))
				    : NULL;
	AUTO_FREE char *head = rev ? str_printf("%s%s:", o->head, rev) : NULL;
	struct offer part = *o;

	if (!colon) {
		offer_targets(o, NULL);
		if (*o->typed)
			offer_revs(o, ":");
	} else if (head) {
		part.head = head;
		part.typed = colon + 1;
		offer_targets(&part, rev);
		o->repo = part.repo;
		o->tried = part.tried;
	}
}

/* "A..B": the second one. */
static void offer_ranges(struct offer *o)
{
	const char *dots = strstr(o->typed, "..");
	AUTO_FREE char *head = NULL;
	struct offer part = *o;

	if (!dots) {
		offer_revs(o, "");
		return;
	}
	head = str_printf("%s%.*s..", o->head, (int)(dots - o->typed),
			  o->typed);
	if (!head)
		return;
	part.head = head;
	part.typed = dots + 2;
	offer_revs(&part, "");
	o->repo = part.repo;
	o->tried = part.tried;
}

/* "checkout REV -- PATH": of that revision. */
static const char *rev_before(const struct typing *t)
{
	return t->c == &cmd_checkout && t->dashes && t->n ? t->rest[0] : NULL;
}

static void offer_rest(struct offer *o, const struct typing *t)
{
	const struct opt *rest = t->c->opts;
	const char *list;
	bool literals;

	while (rest->type != OPT_END && rest->type != OPT_REST)
		rest++;
	list = rest->type == OPT_REST ? rest->arg : NULL;
	literals = offer_literals(o, list, false);
	if (has(list, "@templates") && t->n &&
	    strcmp(t->rest[0], "templates") == 0) {
		(void)puts("words");
		if (t->n == 1)
			offer_templates(o);
		return;
	}
	if (has(list, "@files") || has(list, "@targets") ||
	    (has(list, "@revpaths") && !strchr(o->typed, ':')))
		(void)puts("files");
	else
		(void)puts(has(list, "@dirs") && (!literals || t->n)
			   ? "dirs" : "words");
	if (literals && t->n == 0)
		(void)offer_literals(o, list, true);
	if (has(list, "@commands") && t->n == 0)
		offer_commands(o);
	if (has(list, "@keys") && t->n == 0)
		offer_keys(o);
	if (has(list, "@remotes") && (!literals || t->n == 1))
		offer_remotes(o);
	if (has(list, "@stages") && (!literals || t->n))
		offer_stages(o);
	if (has(list, "@values") && !t->dashes && t->n < 2) {
		offer_values(o, DVER_METRICS);
		offer_values(o, DVER_PARAMS);
	}
	if (has(list, "@artifacts"))
		offer_artifacts(o);
	if (has(list, "@options") && t->n == 2 &&
	    strcmp(t->rest[0], "modify") == 0)
		offer_remote_options(o, "");
	if (has(list, "@targets"))
		offer_targets(o, rev_before(t));
	if (has(list, "@revpaths"))
		offer_revpaths(o);
	/* Two of them, behind the verb if there is one. */
	if (has(list, "@revs") && !t->dashes && (!literals || t->n) &&
	    t->n < 2 + literals)
		offer_ranges(o);
}

/* "--remote=or": the option, and what it wants. */
static const struct opt *with_value(const struct typing *t, const char *word,
				    const char **value)
{
	const char *eq = strncmp(word, "--", 2) == 0 ? strchr(word, '=')
						     : NULL;
	const struct opt *o = eq && t->c ? find_long(t->c->opts, word + 2)
					 : NULL;

	if (eq && !o)
		o = find_long(cmd_global_opts, word + 2);
	*value = eq ? eq + 1 : NULL;
	return takes_value(o) ? o : NULL;
}

void complete(char **words, int n)
{
	AUTO_FREE char **rest = mem_array((size_t)n, sizeof(*rest));
	struct typing t = { .rest = rest };
	struct offer o = { .head = "", .typed = words[n - 1] };
	AUTO_FREE char *head = NULL;
	const struct opt *opt;
	const char *value;

	if (!rest)
		return;
	for (int i = 0; i < n - 1; i++)
		step(&t, words[i]);
	opt = t.dashes ? NULL : with_value(&t, o.typed, &value);
	if (t.wants) {
		offer_value(&o, t.wants);
	} else if (opt) {
		head = str_ndup(o.typed, (size_t)(value - o.typed));
		o.head = head ? head : "";
		o.typed = value;
		offer_value(&o, opt);
	} else if (!t.dashes && *o.typed == '-') {
		(void)puts("words");
		if (t.c)
			offer_options(&o, t.c->opts);
		offer_options(&o, cmd_global_opts);
	} else if (t.c) {
		offer_rest(&o, &t);
	} else {
		(void)puts("words");
		if (!t.dashes)
			offer_commands(&o);
	}
	offer_release(&o);
}
