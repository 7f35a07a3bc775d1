#include "report/vega_scripts.h"

#include <string.h>

#include "base/embed.h"

#ifdef DVER_VEGA

EMBED(vega, DVER_VEGA "/vega.min.js");
EMBED(vega_lite, DVER_VEGA "/vega-lite.min.js");
EMBED(vega_embed, DVER_VEGA "/vega-embed.min.js");
EMBED(vega_licences, "src/report/vega_scripts.txt");

const char *vega_script(size_t i, size_t *len)
{
	static const char *const files[VEGA_SCRIPTS] = {
		embed_vega, embed_vega_lite, embed_vega_embed };
	size_t sizes[VEGA_SCRIPTS] = {
		EMBED_LEN(vega), EMBED_LEN(vega_lite), EMBED_LEN(vega_embed) };
	static const char map[] = "\n//# sourceMappingURL=";
	const char *rest;

	/* Where its source would be is of no use to a page. */
	rest = memmem(files[i], sizes[i], map, sizeof(map) - 1);
	*len = rest ? (size_t)(rest - files[i]) : sizes[i];
	return files[i];
}

const char *vega_scripts_versions(void)
{
	return DVER_VEGA_VERSIONS;
}

const char *vega_scripts_licences(size_t *len)
{
	*len = EMBED_LEN(vega_licences);
	return embed_vega_licences;
}

#else

const char *vega_script(size_t i, size_t *len)
{
	(void)i;
	*len = 0;
	return NULL;
}

const char *vega_scripts_versions(void)
{
	return NULL;
}

const char *vega_scripts_licences(size_t *len)
{
	*len = 0;
	return "";
}

#endif
