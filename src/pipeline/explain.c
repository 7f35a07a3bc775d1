/*
 * explain - one stage: would it run, and when and why did it run last.
 */
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "pipeline/exec.h"
#include "pipeline/last.h"
#include "pipeline/pipeline.h"
#include "pipeline/targets.h"

/* The one stage that the word means. */
static int find(const struct pipeline *p, struct dver_repo *repo,
		const char *word, const struct stage **out,
		struct dver_err *err)
{
	AUTO_FREE unsigned char *marks = mem_array(p->n + 1, 1);
	int r = marks ? targets_mark(p, repo, &word, 1, marks, err)
		      : err_nomem(err);

	*out = NULL;
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		if (!marks[i])
			continue;
		if (*out)
			return err_set(err, DVER_EINVAL, "'%s' is more than "
				       "one stage: '%s', '%s', ...: name one",
				       word, (*out)->address,
				       p->v[i].address);
		*out = &p->v[i];
	}
	return r;
}

int dver_stage_last(struct dver_repo *repo, const char *stage,
		    int (*fn)(void *data, const struct dver_stage_run *run),
		    void *data, struct dver_err *err)
{
	AUTO_PIPELINE struct pipeline *p = NULL;
	AUTO_LAST struct last l = LAST_INIT;
	AUTO_FREE char *log = NULL;
	const struct stage *s = NULL;
	int r = pipeline_load(&p, repo, err);

	if (r == 0)
		r = find(p, repo, stage, &s, err);
	if (r < 0)
		return r;
	r = last_read(&l, repo, s, err);
	log = exec_log_path(repo, s);
	if (r < 0 || !log)
		return r < 0 ? r : err_nomem(err);
	return fn(data, &(struct dver_stage_run){
		.stage = s->address, .ran = r > 0, .time = l.time,
		.seconds = (double)l.ms / 1000, .memory = l.memory,
		.code = l.code, .reasons = l.why.v, .nreasons = l.why.n,
		.log = access(log, F_OK) == 0 ? log : NULL });
}
