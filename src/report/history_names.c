#include "report/history_names.h"

#include "base/err.h"

void history_names_release(struct history_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		git_who_release(&names->v[i]);
	free(names->v);
	arena_release(&names->arena);
	*names = (struct history_names){ .v = NULL };
}

const char *history_hex(struct history_names *names,
			const uint8_t id[GIT_ID_SIZE], struct dver_err *err)
{
	char hex[GIT_HEX];
	char *copy;

	git_hex(hex, id);
	copy = arena_strdup(&names->arena, hex, strlen(hex));
	if (!copy)
		(void)err_nomem(err);
	return copy;
}

int history_commit(struct history_names *names, struct dver_commit *out,
		   const struct history *h, const uint8_t id[GIT_ID_SIZE],
		   struct dver_err *err)
{
	struct git_who *who;
	int r;

	if (!mem_grow(&names->v, &names->cap, names->n + 1, sizeof(*who)))
		return err_nomem(err);
	who = &names->v[names->n];
	r = git_who(h->repo->git, id, who, err);
	if (r < 0)
		return r;
	names->n++;
	*out = (struct dver_commit){
		.id = history_hex(names, id, err), .author = who->author,
		.mail = who->mail, .subject = who->subject,
		.time = who->time };
	return out->id ? 0 : DVER_ENOMEM;
}
