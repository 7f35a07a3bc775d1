/*
 * export - what the files of dver_export() share: export.c walks, a place
 * takes what is found.
 */
#ifndef WORKSPACE_EXPORT_H
#define WORKSPACE_EXPORT_H

#include "dver/data.h"
#include "repo/remotes.h"
#include "store/store.h"
#include "store/tree.h"

struct export_entry {
	char *path;		/* below the place; owned */
	enum tree_kind kind;
	struct oid id;
	uint64_t size;
};

/* Counted by workers. */
struct export_counts {
	_Atomic uint64_t files, bytes, unchanged, links;
};

struct export_place {
	const struct export_ops *ops;
	struct dver_repo *repo;
	struct store *store;
	const char *stage;	/* scratch */
	bool force;
	struct export_counts *counts;
	struct transport *t;	/* NULL: a folder; the place's */
};

struct export_ops {
	/* By a worker with this scratch; `e` stays the caller's. */
	int (*add)(struct export_place *p, struct store_io *io,
		   const struct export_entry *e, struct dver_err *err);
	/* All of it is durable. */
	int (*finish)(struct export_place *p, struct dver_err *err);
	void (*close)(struct export_place *p);
};

/* A folder, made if it is not there. */
int export_folder_open(struct export_place **out, struct dver_repo *repo,
		       const char *path, struct dver_err *err);
/* Any other remote; `at` outlives it. */
int export_remote_open(struct export_place **out, struct dver_repo *repo,
		       struct remote *at, struct dver_err *err);

/* DVER_EEXISTS: something else is at the path. */
int export_in_the_way(const char *place, const char *path,
		      struct dver_err *err);

#endif
