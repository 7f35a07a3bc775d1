/*
 * doctor_fs - statfs(2) says what the kernel serves; of what FUSE serves only
 * /proc/self/mountinfo (proc(5)) has the name.
 */
#include "workspace/doctor_fs.h"

#include <stdio.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include "base/mem.h"
#include "base/os.h"

#define FUSE 0x65735546u

static const struct { uint32_t magic; const char *name; bool network; }
kinds[] = {
	{ 0xEF53, "ext4", false }, { 0x58465342, "xfs", false },
	{ 0x9123683E, "btrfs", false }, { 0x01021994, "tmpfs", false },
	{ 0x794C7630, "overlay", false }, { 0x2FC12FC1, "zfs", false },
	{ 0xF2F52010, "f2fs", false }, { 0xCA451A4E, "bcachefs", false },
	{ 0x4D44, "vfat", false }, { 0x2011BAB0, "exfat", false },
	{ 0x5346544E, "ntfs", false }, { 0x7366746E, "ntfs3", false },
	{ 0x6969, "nfs", true }, { 0xFF534D42, "cifs", true },
	{ 0xFE534D42, "smb", true }, { 0x0BD00BD0, "lustre", true },
	{ 0x00C36400, "ceph", true }, { 0x47504653, "gpfs", true },
	{ 0x19830326, "beegfs", true }, { 0x01021997, "9p", true },
	{ 0x5346414F, "afs", true }, { 0x7461636F, "ocfs2", true },
	{ 0x01161970, "gfs2", true }, { 0xAAD7AAEA, "panfs", true },
};

/* Of FUSE: what is known to be on this machine alone. */
static const char *const local_fuse[] = { "fuseblk", "fuse.bindfs",
					  "fuse.ntfs", "fuse.encfs",
					  "fuse.gocryptfs", "fuse.mergerfs" };

struct mount {
	unsigned major, minor;
	char where[256], options[512], type[64];
};

/* The next word of `*p`, with \040 and its like decoded. */
static void take_word(const char **p, char *out, size_t max)
{
	size_t n = 0;

	while (**p && **p != ' ' && **p != '\n') {
		char c = *(*p)++;

		if (c == '\\' && (*p)[0] >= '0' && (*p)[0] <= '3' &&
		    (*p)[1] && (*p)[2]) {
			c = (char)((((*p)[0] - '0') << 6) |
				   (((*p)[1] - '0') << 3) | ((*p)[2] - '0'));
			*p += 3;
		}
		if (n + 1 < max)
			out[n++] = c;
	}
	out[n] = '\0';
	while (**p == ' ')
		(*p)++;
}

/* "36 35 98:0 /sub /mnt rw,noatime shared:1 - ext4 /dev/sda rw,data=..." */
static bool parse(struct mount *m, const char *line)
{
	char skip[16], more[256];
	size_t len;

	for (int i = 0; i < 2; i++)
		take_word(&line, skip, sizeof(skip));
	take_word(&line, more, sizeof(more));
	if (sscanf(more, "%u:%u", &m->major, &m->minor) != 2)
		return false;
	take_word(&line, skip, sizeof(skip));
	take_word(&line, m->where, sizeof(m->where));
	take_word(&line, m->options, sizeof(m->options));
	line = strstr(line, "- ");
	if (!line)
		return false;
	line += 2;
	take_word(&line, m->type, sizeof(m->type));
	take_word(&line, skip, sizeof(skip));
	take_word(&line, more, sizeof(more));
	len = strlen(m->options);
	(void)snprintf(m->options + len, sizeof(m->options) - len, ",%s",
		       more);
	return true;
}

static bool holds(const struct mount *m, const char *path, uint64_t dev)
{
	size_t len = strlen(m->where);

	return makedev(m->major, m->minor) == dev &&
	       strncmp(path, m->where, len) == 0 &&
	       (len == 1 || path[len] == '/' || path[len] == '\0');
}

/* The last mount over the longest part of the path is what one sees. */
static bool find_mount(struct mount *found, const char *path, uint64_t dev)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t cap = 0;
	struct mount m;
	bool any = false;

	while (f && getline(&line, &cap, f) >= 0) {
		if (!parse(&m, line) || !holds(&m, path, dev) ||
		    (any && strlen(m.where) < strlen(found->where)))
			continue;
		*found = m;
		any = true;
	}
	free(line);
	if (f)
		(void)fclose(f);
	return any;
}

static bool is_local_fuse(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(local_fuse); i++)
		if (streq(name, local_fuse[i]))
			return true;
	return false;
}

void fs_look(struct fs *out, const char *path)
{
	AUTO_FREE char *real = realpath(path, NULL);
	struct mount m = { .type = "" };
	struct os_stat st;
	struct statfs fs;
	size_t i = 0;

	*out = (struct fs){ .name = "unknown" };
	if (!real || os_stat(real, &st, false) < 0 || statfs(real, &fs) < 0)
		return;
	out->dev = st.dev;
	if (find_mount(&m, real, st.dev)) {
		(void)snprintf(out->name, sizeof(out->name), "%s", m.type);
		(void)snprintf(out->where, sizeof(out->where), "%s", m.where);
		(void)snprintf(out->options, sizeof(out->options), "%s",
			       m.options);
	}
	while (i < ARRAY_SIZE(kinds) && kinds[i].magic != (uint32_t)fs.f_type)
		i++;
	if ((uint32_t)fs.f_type == FUSE) {
		out->network = !is_local_fuse(out->name);
	} else if (i < ARRAY_SIZE(kinds)) {
		out->network = kinds[i].network;
		/* ext2 and ext3 have the number of ext4, smb versions too. */
		if (!*m.type || kinds[i].network)
			(void)snprintf(out->name, sizeof(out->name), "%s",
				       kinds[i].name);
	}
}

bool fs_has_option(const struct fs *fs, const char *option)
{
	size_t len = strlen(option);

	for (const char *p = fs->options; *p;) {
		size_t n = strcspn(p, ",");

		if (n == len && memcmp(p, option, n) == 0)
			return true;
		p += n + (p[n] == ',');
	}
	return false;
}
