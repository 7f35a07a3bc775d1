#include "pipeline/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/os.h"

#define NAME_BYTES 16

static char *name_of(const struct dver_repo *repo, const struct stage *s,
		     const char *suffix)
{
	AUTO_BUF struct buf name = BUF_PATH;
	uint8_t id[HASH_SIZE];

	if (hash_bytes(id, s->address, strlen(s->address), NULL) < 0)
		return NULL;
	buf_addf(&name, "%s/stages/", repo->meta);
	for (int i = 0; i < NAME_BYTES; i++)
		buf_addf(&name, "%02x", id[i]);
	buf_addstr(&name, suffix);
	return buf_detach(&name);
}

int turn_take(struct turn *t, struct dver_repo *repo, const struct stage *s,
	      struct dver_err *err)
{
	AUTO_FREE char *dir = str_printf("%s/stages", repo->meta);
	AUTO_FREE char *path = name_of(repo, s, ".lock");
	int r;

	if (t->lock)
		return 1;
	if (!t->begun)
		t->begun = name_of(repo, s, ".begun");
	if (!dir || !path || !t->begun)
		return err_nomem(err);
	if (os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	r = lock_take(&t->lock, path, LOCK_EXCLUSIVE, 0, NULL, NULL, NULL,
		      err);
	return r == 0 ? 1 : r == DVER_ELOCKED ? 0 : r;
}

bool turn_unfinished(const struct turn *t)
{
	return access(t->begun, F_OK) == 0;
}

int turn_begin(const struct turn *t, struct dver_err *err)
{
	AUTO_CLOSE int fd = os_open(t->begun, O_WRONLY | O_CREAT, 0666);

	return fd < 0 ? err_sys(err, "cannot write '%s'", t->begun) : 0;
}

void turn_end(const struct turn *t)
{
	(void)os_unlink(t->begun);
}

void turn_settle(struct dver_repo *repo, const struct stage *s)
{
	struct turn t = { .begun = name_of(repo, s, ".begun") };

	/* Whoever has the turn is at it still. */
	if (t.begun && turn_unfinished(&t) && turn_take(&t, repo, s, NULL) > 0)
		turn_end(&t);
	turn_release(&t);
}

int turn_fd(const struct turn *t)
{
	return lock_fd(t->lock);
}

void turn_release(struct turn *t)
{
	lock_release(TAKE(t->lock));
	free(t->begun);
	t->begun = NULL;
}
