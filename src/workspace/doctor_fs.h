/*
 * doctor_fs - which file system a folder lies on.
 */
#ifndef WORKSPACE_DOCTOR_FS_H
#define WORKSPACE_DOCTOR_FS_H

#include <stdbool.h>
#include <stdint.h>

struct fs {
	uint64_t dev;		/* 0: it cannot be told */
	char name[64];		/* "ext4", "nfs", "fuse.sshfs" */
	char where[256];	/* the mount point; "": unknown */
	char options[512];	/* of the mount; cut off if they are longer */
	bool network;		/* other machines may write there too */
};

/* By statfs(2), and by the mount table for the name of the folder's mount. */
void fs_look(struct fs *out, const char *path);
/* Has the mount this option? */
bool fs_has_option(const struct fs *fs, const char *option);

#endif
