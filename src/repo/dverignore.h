/*
 * dverignore - rules from `.dverignore` files, and what they say of a name.
 *
 * Syntax and meaning are those of gitignore(5): the last line that matches
 * decides, a file nearer to the name wins over one further up, and nothing
 * below an ignored folder can be brought back.  Each folder may have such a
 * file, those inside tracked data too.
 */
#ifndef REPO_DVERIGNORE_H
#define REPO_DVERIGNORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define DVERIGNORE ".dverignore"
#define DVERIGNORE_MAX (1u << 20)	/* bytes; more is an error */

enum rule_kind {
	RULE_NAME,	/* "name": equal */
	RULE_END,	/* "*end": ends so */
	RULE_GLOB,	/* any other without a slash: of the name */
	RULE_PATH	/* with a slash: of the path from the file's folder */
};

struct rules;

struct rule {
	const struct rules *of;
	const char *text;	/* the line, without spaces at its end */
	unsigned line;		/* from 1 */
	char *pattern;		/* without "!" and the slashes around; owned */
	size_t len;
	size_t literal;		/* bytes before the first special one */
	enum rule_kind kind;
	bool negated;		/* "!": not ignored */
	bool folders;		/* ends in "/": folders only */
};

/*
 * What a name that is no folder must have, or no rule is for it.  Sets of
 * bytes are a bit each.
 */
struct rules_need {
	uint64_t lengths;	/* modulo 64: of RULE_NAME */
	uint64_t ends[4];	/* last bytes: of RULE_END */
	uint64_t starts[4];	/* first bytes: of RULE_GLOB that have one */
	bool any;		/* there are others: nothing need be */
};

/* The rules of one file, and those of the folders above. */
struct rules {
	const struct rules *up;	/* NULL: none above */
	char *dir;		/* of the file, relative to the root; owned */
	size_t skip;		/* bytes of dir and a slash in a path below */
	char *text;		/* owned */
	struct rule *v;		/* owned */
	size_t n;
	struct rules *next;	/* in the set */
};

/* Parse the text of such a file (*text is adopted).  Owned. */
int rules_parse(struct rules **out, const char *dir, char **text,
		struct dver_err *err);
void rules_free(struct rules *rules);

/* Files that were read; they live as long as the set. */
struct rules_set;
/* `cache`: the local store's folder; links into it are followed. */
int rules_set_new(struct rules_set **out, const char *cache,
		  struct dver_err *err);
void rules_set_free(struct rules_set *set);
static inline void rules_set_freep(struct rules_set **s)
{
	rules_set_free(*s);
}
#define AUTO_RULES_SET __attribute__((cleanup(rules_set_freep)))

/*
 * Read the `.dverignore` of the folder `fd`, which is `dir` seen from the
 * root ("" is the root).  *out becomes its rules, or `up` when there is no
 * such file.  Like git, it takes a symlink for none.  Several threads at once.
 */
int rules_read(struct rules_set *set, const struct rules **out,
	       const struct rules *up, int fd, const char *dir,
	       struct dver_err *err);
/*
 * The rules that hold in the folder `dir` below the root `root_fd`; a folder
 * that is not there has those of the one above.  A set remembers what it told
 * of a folder.  One thread, like rules_judge().
 */
int rules_read_down(struct rules_set *set, const struct rules **out,
		    int root_fd, const char *dir, struct dver_err *err);

/* A folder in which names are judged.  One thread. */
struct rules_at {
	const struct rule **v;		/* that may be for a name in it, the
					   strongest first; owned */
	size_t n, cap;
	struct rules_need need;		/* of all of them */
	struct buf path;		/* "dir/", and the name looked at */
	size_t dir_len;
};
#define RULES_AT_INIT { .path = BUF_PATH }
int rules_enter(struct rules_at *at, const struct rules *rules,
		const char *dir, struct dver_err *err);
void rules_leave(struct rules_at *at);
#define AUTO_RULES_AT __attribute__((cleanup(rules_leave)))
/*
 * The rule that decides about a name (of at most 255 bytes, with a NUL behind
 * them); NULL: none does.  No memory is allocated.
 */
const struct rule *rules_match(struct rules_at *at, const char *name,
			       size_t len, bool folder);
/* Can a rule be for a name that is no folder?  A quick look; often it is no. */
static inline bool rules_may_match(const struct rules_at *at, const char *name,
				   size_t len)
{
	unsigned char first = (unsigned char)name[0];
	unsigned char last = (unsigned char)name[len - 1];

	return at->need.any || (at->need.lengths >> (len & 63) & 1) ||
	       (at->need.ends[last >> 6] >> (last & 63) & 1) ||
	       (at->need.starts[first >> 6] >> (first & 63) & 1);
}

/*
 * The same for a path below the root, whose folders may be ignored too: 1 it
 * is ignored, 0, < 0.  The first `from` bytes of the path (folders that are
 * tracked) are not asked about.  *rule, which may be NULL, is what decided.
 */
int rules_judge(struct rules_set *set, const struct rule **rule, int root_fd,
		const char *path, size_t from, bool folder,
		struct dver_err *err);
/* "dir/.dverignore", for messages; owned. */
char *rule_file(const struct rule *rule);

#endif
