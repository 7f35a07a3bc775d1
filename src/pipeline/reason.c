/*
 * reason - why a stage runs, in words.
 */
#include "dver/repro.h"

#include <stddef.h>

static const char *what_became(const struct dver_reason *x)
{
	if (!x->was && !x->is)
		return " may change";
	return !x->was ? " is new" : !x->is ? " is gone" : " changed";
}

const char *dver_reason_words(const struct dver_reason *x, const char **after)
{
	*after = NULL;
	switch (x->kind) {
	case DVER_REASON_NEW:
		return "it never ran";
	case DVER_REASON_COMMAND:
		return "its command changed";
	case DVER_REASON_ALWAYS:
		return "it always runs";
	case DVER_REASON_FORCED:
		return "it was asked for";
	case DVER_REASON_INPUT:
	case DVER_REASON_PARAM:
	case DVER_REASON_OUTPUT:
		break;
	}
	*after = what_became(x);
	return x->kind == DVER_REASON_INPUT ? "input "
	       : x->kind == DVER_REASON_PARAM ? "parameter " : "output ";
}
