/*
 * What servers answer: XML, cut in pieces.  The first byte chooses.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "format/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int look(void *data, const struct xml_node *node, struct dver_err *err)
{
	int *depth = data;

	(void)err;
	if (strlen(node->path) < strlen(node->name) ||
	    node->text[node->len] != '\0' || ++*depth < 0)
		abort();
	(void)xml_attr(node, "Encoded");
	return 0;
}

static void xml(const uint8_t *data, size_t len, size_t step)
{
	AUTO_XML struct xml *x = NULL;
	int depth = 0, r = 0;

	if (xml_new(&x, "x", 1 << 20, look, look, &depth, NULL) < 0)
		return;
	for (size_t at = 0; r == 0 && at < len; at += step)
		r = xml_feed(x, data + at, MIN(step, len - at), NULL);
	if (xml_finish(x, NULL) == 0 && r < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	switch (data[0] % 2) {
	case 0:
		xml(data + 1, len - 1, len);
		break;
	case 1:
		xml(data + 1, len - 1, 3);
		break;
	}
	return 0;
}
