#include "base/vegajs.h"

#include <string.h>

#include "base/buf.h"
#include "base/embed.h"

#ifdef DVER_VEGA

EMBED(vega, DVER_VEGA "/vega.min.js");
EMBED(vega_lite, DVER_VEGA "/vega-lite.min.js");
EMBED(vega_embed, DVER_VEGA "/vega-embed.min.js");
EMBED(vega_licences, "src/base/vegajs.txt");

const char *vegajs(size_t i, size_t *len)
{
	static const char *const files[VEGAJS_FILES] = {
		embed_vega, embed_vega_lite, embed_vega_embed };
	size_t sizes[VEGAJS_FILES] = {
		EMBED_LEN(vega), EMBED_LEN(vega_lite), EMBED_LEN(vega_embed) };
	static const char map[] = "\n//# sourceMappingURL=";
	const char *rest;

	/* Where its source would be is of no use to a page. */
	rest = memmem(files[i], sizes[i], map, sizeof(map) - 1);
	*len = rest ? (size_t)(rest - files[i]) : sizes[i];
	return files[i];
}

const char *vegajs_versions(void)
{
	return DVER_VEGA_VERSIONS;
}

const char *vegajs_licences(size_t *len)
{
	*len = EMBED_LEN(vega_licences);
	return embed_vega_licences;
}

#else

const char *vegajs(size_t i, size_t *len)
{
	(void)i;
	*len = 0;
	return NULL;
}

const char *vegajs_versions(void)
{
	return NULL;
}

const char *vegajs_licences(size_t *len)
{
	*len = 0;
	return "";
}

#endif

void vegajs_library(struct buf *out)
{
	const char *versions = vegajs_versions();

	buf_addstr(out, versions ? versions : "no vega");
}
