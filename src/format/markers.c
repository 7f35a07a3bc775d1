#include "format/markers.h"

#include <string.h>

#include "base/err.h"

bool text_has_markers(const char *text, size_t len)
{
	const char *p = text;

	while ((size_t)(text + len - p) >= 8) {
		const char *nl;

		if (memcmp(p, "<<<<<<< ", 8) == 0)
			return true;
		nl = memchr(p, '\n', (size_t)(text + len - p));
		if (!nl)
			break;
		p = nl + 1;
	}
	return false;
}

int markers_tell(const char *name, const char *text, size_t len, int r,
		 struct dver_err *err)
{
	if (r != DVER_EFORMAT || !text_has_markers(text, len))
		return r;
	return err_set(err, r, "%s: a merge left conflicts in it: edit it, "
		       "then git add", name);
}
