/*
 * xml - expat with limits.  The first error, ours or a callback's, is kept
 * and returned by every later call.
 */
#include "format/xml.h"

#include <expat.h>
#include <limits.h>

#include "base/err.h"
#include "base/mem.h"

#define NS_SEP ' '	/* cannot be in a namespace or a name */

struct xml {
	XML_Parser parser;
	char *name;		/* owned */
	uint64_t left;		/* bytes that may still come */
	xml_fn start, end;
	void *data;
	struct buf path;
	struct buf text;
	int depth;
	int result;		/* sticky */
	struct dver_err err;	/* its message */
};

void xml_free(struct xml *x)
{
	if (!x)
		return;
	if (x->parser)
		XML_ParserFree(x->parser);
	buf_release(&x->path);
	buf_release(&x->text);
	free(x->name);
	free(x);
}

static int fail(struct xml *x, const char *what)
{
	x->result = err_set(&x->err, DVER_EFORMAT, "%s:%lu:%lu: %s", x->name,
			    (unsigned long)XML_GetCurrentLineNumber(x->parser),
			    (unsigned long)
			    XML_GetCurrentColumnNumber(x->parser) + 1, what);
	return x->result;
}

/* From inside a callback: no more of them, please. */
static void stop(struct xml *x, const char *what)
{
	if (what)
		(void)fail(x, what);
	(void)XML_StopParser(x->parser, XML_FALSE);
}

/* "namespace name" as expat gives it. */
static void split_name(struct xml_node *node, struct buf *ns,
		       const XML_Char *full)
{
	const char *sep = strrchr(full, NS_SEP);

	node->name = sep ? sep + 1 : full;
	if (sep)
		buf_add(ns, full, (size_t)(sep - full));
	node->ns = ns->data;
}

static void tell(struct xml *x, xml_fn fn, struct xml_node *node,
		 const XML_Char *full)
{
	AUTO_BUF struct buf ns = BUF_INIT(XML_TEXT_MAX);

	split_name(node, &ns, full);
	node->path = x->path.data;
	if (!buf_ok(&ns) || !buf_ok(&x->path)) {
		stop(x, "a name is too long");
		return;
	}
	if (!fn)
		return;
	x->result = fn(x->data, node, &x->err);
	if (x->result < 0)
		stop(x, NULL);
	else
		x->result = 0;
}

static void on_start(void *data, const XML_Char *full, const XML_Char **attrs)
{
	struct xml *x = data;
	struct xml_node node = { .attrs = (const char *const *)attrs,
				 .text = "" };
	const char *sep = strrchr(full, NS_SEP);

	if (x->result < 0)
		return;
	if (++x->depth > XML_DEPTH_MAX) {
		stop(x, "elements are nested too deep");
		return;
	}
	buf_clear(&x->text);
	buf_addpath(&x->path, sep ? sep + 1 : full);
	tell(x, x->start, &node, full);
}

static void on_end(void *data, const XML_Char *full)
{
	static const char *const none[] = { NULL };
	struct xml *x = data;
	struct xml_node node = { .attrs = none };
	const char *slash;

	if (x->result < 0)
		return;
	node.text = x->text.data;
	node.len = x->text.len;
	tell(x, x->end, &node, full);
	slash = strrchr(x->path.data, '/');
	buf_truncate(&x->path, slash ? (size_t)(slash - x->path.data) : 0);
	buf_clear(&x->text);
	x->depth--;
}

static void on_text(void *data, const XML_Char *s, int len)
{
	struct xml *x = data;

	if (x->result < 0)
		return;
	buf_add(&x->text, s, (size_t)len);
	if (!buf_ok(&x->text))
		stop(x, "the text of an element is too long");
}

static void on_doctype(void *data, const XML_Char *name, const XML_Char *sysid,
		       const XML_Char *pubid, int has_internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)has_internal;
	stop(data, "a document type declaration is not allowed here");
}

int xml_new(struct xml **out, const char *name, uint64_t max, xml_fn start,
	    xml_fn end, void *data, struct dver_err *err)
{
	AUTO_XML struct xml *x = calloc(1, sizeof(*x));

	if (!x)
		return err_nomem(err);
	x->left = max;
	x->start = start;
	x->end = end;
	x->data = data;
	buf_init(&x->path, XML_TEXT_MAX);
	buf_init(&x->text, XML_TEXT_MAX);
	x->name = strdup(name);
	x->parser = XML_ParserCreateNS(NULL, NS_SEP);
	if (!x->name || !x->parser)
		return err_nomem(err);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	*out = TAKE(x);
	return 0;
}

static int result(const struct xml *x, struct dver_err *err)
{
	return x->result < 0 ? err_set(err, x->result, "%s", x->err.msg) : 0;
}

static void parse(struct xml *x, const char *bytes, int len, bool last)
{
	enum XML_Error code;

	if (XML_Parse(x->parser, bytes, len, last) == XML_STATUS_OK ||
	    x->result < 0)
		return;
	code = XML_GetErrorCode(x->parser);
	if (code == XML_ERROR_NO_MEMORY)
		x->result = err_nomem(&x->err);
	else
		(void)fail(x, XML_ErrorString(code));
}

int xml_feed(struct xml *x, const void *bytes, size_t len,
	     struct dver_err *err)
{
	const char *p = bytes;

	if (x->result == 0 && len > x->left)
		(void)fail(x, "the document is too large");
	x->left -= MIN(len, x->left);
	while (x->result == 0 && len > 0) {
		int n = (int)MIN(len, (size_t)INT_MAX / 2);

		parse(x, p, n, false);
		p += n;
		len -= (size_t)n;
	}
	return result(x, err);
}

int xml_finish(struct xml *x, struct dver_err *err)
{
	if (x->result == 0)
		parse(x, "", 0, true);
	return result(x, err);
}

int xml_parse(const char *name, const void *bytes, size_t len, xml_fn start,
	      xml_fn end, void *data, struct dver_err *err)
{
	AUTO_XML struct xml *x = NULL;
	int r = xml_new(&x, name, len, start, end, data, err);

	if (r == 0)
		r = xml_feed(x, bytes, len, err);
	return r < 0 ? r : xml_finish(x, err);
}

const char *xml_attr(const struct xml_node *node, const char *name)
{
	for (size_t i = 0; node->attrs[i]; i += 2)
		if (streq(node->attrs[i], name))
			return node->attrs[i + 1];
	return NULL;
}

void xml_escape(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f || strchr("&<>\"'", c))
			buf_addf(out, "&#%d;", c);
		else
			buf_addc(out, c);
	}
}

void xml_library(struct buf *out)
{
	XML_Expat_Version v = XML_ExpatVersionInfo();

	buf_addf(out, "expat %d.%d.%d", v.major, v.minor, v.micro);
}
