/*
 * artifact_tags - tags of git that tell of versions and stages of artifacts,
 * as dver/artifacts.h has them.
 */
#ifndef PIPELINE_ARTIFACT_TAGS_H
#define PIPELINE_ARTIFACT_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct git;
struct dver_err;

enum artifact_tag_kind {
	ARTIFACT_VERSION, ARTIFACT_STAGE, ARTIFACT_DEPRECATED, ARTIFACT_CREATED
};
struct artifact_tag {
	enum artifact_tag_kind kind;
	bool cancels;
	uint64_t number;	/* "#2"; 0 if there is none */
	const char *artifact;	/* "model", "sub=model" */
	const char *what;	/* "v1.2.3", "prod" */
	const char *tag, *commit;
};
struct artifact_tags {
	struct artifact_tag *v;	/* by artifact */
	size_t n, cap;
	struct arena arena;	/* has the texts */
};
#define AUTO_ARTIFACT_TAGS __attribute__((cleanup(artifact_tags_release)))

int artifact_tags_read(struct artifact_tags *out, struct git *g,
		       struct dver_err *err);
void artifact_tags_release(struct artifact_tags *t);
/* Those of an artifact: the first of *n; NULL if there are none. */
const struct artifact_tag *artifact_tags_of(const struct artifact_tags *t,
					    const char *artifact, size_t *n);
/* How "v1.2.3" and "v1.10.0-rc.1" stand to each other: semver.org, 11. */
int artifact_version_compare(const char *a, const char *b);

#endif
