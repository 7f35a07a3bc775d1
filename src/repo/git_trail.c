#include "repo/git_trail.h"

#include "base/err.h"
#include "base/mem.h"
#include "repo/git_internal.h"

/* A folder on the way to a path; the first is git's own top. */
struct node {
	char *name;		/* owned */
	size_t parent;
	bool known, there;	/* was it looked at; is there such a folder? */
	git_oid id;
};
/* What is looked for in a folder. */
struct leaf {
	char *path, *name;	/* from the workspace's root; its last part */
	size_t node;
};

struct git_trail {
	struct git *g;
	struct node *nodes;	/* owned; parents before children */
	struct leaf *leaves;	/* owned */
	struct git_entry *entries; /* of the leaves; owned */
	size_t nnodes, nodes_cap, nleaves, leaves_cap, entries_cap;
	uint64_t version;
	uint8_t (*parents)[GIT_ID_SIZE]; /* of the last commit; owned */
	size_t parents_cap;
	bool shallow;
};

void git_trail_free(struct git_trail *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->nnodes; i++)
		free(t->nodes[i].name);
	for (size_t i = 0; i < t->nleaves; i++) {
		free(t->leaves[i].path);
		free(t->leaves[i].name);
	}
	free(t->nodes);
	free(t->leaves);
	free(t->entries);
	free(t->parents);
	free(t);
}

static int add_node(struct git_trail *t, size_t parent, const char *name,
		    size_t len, size_t *out, struct dver_err *err)
{
	struct node x = { .parent = parent };

	for (size_t i = 1; i < t->nnodes; i++)
		if (t->nodes[i].parent == parent &&
		    strlen(t->nodes[i].name) == len &&
		    memcmp(t->nodes[i].name, name, len) == 0) {
			*out = i;
			return 0;
		}
	x.name = str_ndup(name, len);
	if (!x.name || !mem_grow(&t->nodes, &t->nodes_cap, t->nnodes + 1,
				 sizeof(x))) {
		free(x.name);
		return err_nomem(err);
	}
	*out = t->nnodes;
	t->nodes[t->nnodes++] = x;
	return 0;
}

int git_trail_open(struct git_trail **out, struct git *g, struct dver_err *err)
{
	AUTO_GIT_TRAIL struct git_trail *t = calloc(1, sizeof(*t));
	size_t top;

	if (!t)
		return err_nomem(err);
	t->g = g;
	t->shallow = git_repository_is_shallow(g->repo) == 1;
	if (add_node(t, 0, "", 0, &top, err) < 0)
		return DVER_ENOMEM;
	*out = TAKE(t);
	return 0;
}

static int add_leaf(struct git_trail *t, const char *path, const char *name,
		    size_t node, struct dver_err *err)
{
	struct leaf x = { .path = strdup(path), .name = strdup(name),
			  .node = node };

	if (!x.path || !x.name ||
	    !mem_grow(&t->leaves, &t->leaves_cap, t->nleaves + 1, sizeof(x)) ||
	    !mem_grow(&t->entries, &t->entries_cap, t->nleaves + 1,
		      sizeof(*t->entries))) {
		free(x.path);
		free(x.name);
		return err_nomem(err);
	}
	t->entries[t->nleaves] = (struct git_entry){ .kind = GIT_ENTRY_NONE };
	t->leaves[t->nleaves++] = x;
	return 0;
}

int git_trail_watch(struct git_trail *t, const char *path,
		    struct dver_err *err)
{
	AUTO_FREE char *full = git_full_path(t->g, path);
	const char *p = full, *slash;
	size_t node = 0;
	int r = full ? 0 : err_nomem(err);

	for (size_t i = 0; i < t->nleaves; i++)
		if (streq(t->leaves[i].path, path))
			return 0;
	for (; r == 0 && (slash = strchr(p, '/')); p = slash + 1)
		r = add_node(t, node, p, (size_t)(slash - p), &node, err);
	if (r == 0)
		r = add_leaf(t, path, p, node, err);
	for (size_t i = 0; i < t->nnodes; i++)
		t->nodes[i].known = false;
	t->version++;
	return r;
}

static void set_entry(struct git_trail *t, size_t leaf,
		      const git_tree_entry *e)
{
	struct git_entry x = { .kind = GIT_ENTRY_NONE };

	if (e) {
		git_filemode_t mode = git_tree_entry_filemode(e);

		x.kind = mode == GIT_FILEMODE_TREE ? GIT_ENTRY_DIR
			 : mode == GIT_FILEMODE_BLOB ||
			   mode == GIT_FILEMODE_BLOB_EXECUTABLE
			 ? GIT_ENTRY_FILE : GIT_ENTRY_OTHER;
		memcpy(x.id, git_tree_entry_id(e)->id, GIT_ID_SIZE);
	}
	if (x.kind == t->entries[leaf].kind &&
	    memcmp(x.id, t->entries[leaf].id, GIT_ID_SIZE) == 0)
		return;
	t->entries[leaf] = x;
	t->version++;
}

/* The folder is this tree now, or (`id` NULL) it is not there. */
static int refresh(struct git_trail *t, size_t node, const git_oid *id,
		   struct dver_err *err)
{
	struct node *n = &t->nodes[node];
	git_tree *tree = NULL;
	int r = 0;

	if (n->known && n->there == (id != NULL) &&
	    (!id || git_oid_equal(&n->id, id)))
		return 0;
	if (id && git_tree_lookup(&tree, t->g->repo, id) < 0)
		return git_fail(-1, "read tree", git_oid_tostr_s(id), err);
	for (size_t i = 0; i < t->nleaves; i++)
		if (t->leaves[i].node == node)
			set_entry(t, i, tree ? git_tree_entry_byname(tree,
						t->leaves[i].name) : NULL);
	for (size_t i = node + 1; r == 0 && i < t->nnodes; i++) {
		const git_tree_entry *e;

		if (t->nodes[i].parent != node)
			continue;
		e = tree ? git_tree_entry_byname(tree, t->nodes[i].name)
			 : NULL;
		r = refresh(t, i, e && git_tree_entry_type(e) ==
			    GIT_OBJECT_TREE ? git_tree_entry_id(e) : NULL,
			    err);
	}
	n->known = r == 0;
	n->there = id != NULL;
	if (id)
		n->id = *id;
	git_tree_free(tree);
	return r;
}

/* Parents, unless history is cut off here. */
static int note_parents(struct git_trail *t, const git_commit *c,
			struct git_place *out, struct dver_err *err)
{
	unsigned n = git_commit_parentcount(c);
	git_odb *odb = NULL;

	if (n && !mem_grow(&t->parents, &t->parents_cap, n, GIT_ID_SIZE))
		return err_nomem(err);
	if (n && t->shallow && git_repository_odb(&odb, t->g->repo) < 0)
		return git_fail(-1, "read", "objects", err);
	for (unsigned i = 0; i < n; i++) {
		const git_oid *id = git_commit_parent_id(c, i);

		out->cut |= odb && git_odb_exists(odb, id) != 1;
		memcpy(t->parents[i], id->id, GIT_ID_SIZE);
	}
	git_odb_free(odb);
	out->parents = (const uint8_t (*)[GIT_ID_SIZE])t->parents;
	out->nparents = out->cut ? 0 : n;
	return 0;
}

int git_trail_at(struct git_trail *t, const uint8_t id[GIT_ID_SIZE],
		 struct git_place *out, struct dver_err *err)
{
	git_commit *c = NULL;
	git_oid oid;
	int r;

	memcpy(oid.id, id, GIT_ID_SIZE);
	*out = (struct git_place){ .entries = NULL };
	r = git_commit_lookup(&c, t->g->repo, &oid);
	if (r < 0)
		return git_fail(r, "read commit", git_oid_tostr_s(&oid), err);
	r = refresh(t, 0, git_commit_tree_id(c), err);
	if (r == 0)
		r = note_parents(t, c, out, err);
	out->entries = t->entries;
	out->n = t->nleaves;
	out->version = t->version;
	out->time = git_commit_time(c);
	git_commit_free(c);
	return r;
}

int git_tip(struct git *g, const char *rev, uint8_t id[GIT_ID_SIZE],
	    struct dver_err *err)
{
	git_revspec spec = { .from = NULL };
	git_object *c = NULL;
	int r;

	if (!rev && git_repository_head_unborn(g->repo) == 1)
		return 0;
	r = git_revparse(&spec, g->repo, rev ? rev : "HEAD");
	if (r == 0)
		r = git_object_peel(&c, spec.to ? spec.to : spec.from,
				    GIT_OBJECT_COMMIT);
	if (r == 0)
		memcpy(id, git_object_id(c)->id, GIT_ID_SIZE);
	git_object_free(c);
	git_object_free(spec.from);
	git_object_free(spec.to);
	rev = rev ? rev : "HEAD";
	if (r == GIT_ENOTFOUND || r == GIT_EINVALIDSPEC ||
	    r == GIT_EAMBIGUOUS || r == GIT_EPEEL || r == GIT_EUNBORNBRANCH)
		return err_set(err, DVER_ENOTFOUND, "'%s' is no revision that "
			       "git knows", rev);
	return r < 0 ? git_fail(r, "read revision", rev, err) : 1;
}

void git_hex(char out[GIT_HEX], const uint8_t id[GIT_ID_SIZE])
{
	git_oid oid;

	memcpy(oid.id, id, GIT_ID_SIZE);
	(void)git_oid_tostr(out, GIT_HEX, &oid);
}

void git_unhex(uint8_t id[GIT_ID_SIZE], const char *hex)
{
	git_oid oid;

	if (git_oid_fromstr(&oid, hex) < 0)
		memset(oid.id, 0, sizeof(oid.id));
	memcpy(id, oid.id, GIT_ID_SIZE);
}

void git_who_release(struct git_who *w)
{
	free(w->author);
	free(w->mail);
	free(w->subject);
	*w = (struct git_who){ .author = NULL };
}

int git_who(struct git *g, const uint8_t id[GIT_ID_SIZE], struct git_who *out,
	    struct dver_err *err)
{
	const git_signature *who;
	const char *subject;
	git_commit *c = NULL;
	git_oid oid;
	int r;

	*out = (struct git_who){ .author = NULL };
	memcpy(oid.id, id, GIT_ID_SIZE);
	r = git_commit_lookup(&c, g->repo, &oid);
	if (r < 0)
		return git_fail(r, "read commit", git_oid_tostr_s(&oid), err);
	who = git_commit_author(c);
	subject = git_commit_summary(c);
	out->author = strdup(who ? who->name : "?");
	out->mail = strdup(who ? who->email : "");
	out->subject = strdup(subject ? subject : "");
	out->time = who ? who->when.time : 0;
	git_commit_free(c);
	if (out->author && out->mail && out->subject)
		return 0;
	git_who_release(out);
	return err_nomem(err);
}
