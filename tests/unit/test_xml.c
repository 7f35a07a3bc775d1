/* xml: what servers send, and what they had better not. */
#include "tests/harness.h"

#include "base/buf.h"
#include "format/xml.h"

static int note_start(void *data, const struct xml_node *node,
		      struct dver_err *err)
{
	const char *lang = xml_attr(node, "lang");

	(void)err;
	buf_addf(data, "<%s", node->path);
	if (*node->ns)
		buf_addf(data, " {%s}", node->ns);
	if (lang)
		buf_addf(data, " lang=%s", lang);
	buf_addstr(data, ">");
	return 0;
}

static int note_end(void *data, const struct xml_node *node,
		    struct dver_err *err)
{
	if (streq(node->name, "stop"))
		return err_set(err, DVER_EREMOTE, "stopped at %s", node->path);
	assert_int_equal(strlen(node->text), node->len);
	buf_addf(data, "%s</%s>", node->text, node->name);
	return 0;
}

static int parse(struct buf *out, const char *text, struct dver_err *err)
{
	buf_clear(out);
	return xml_parse("list", text, strlen(text), note_start, note_end, out,
			 err);
}

static void expect(const char *text, const char *want)
{
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err = { 0 };

	if (parse(&out, text, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(out.data, want);
}

static void refuses(const char *text, int code, const char *words)
{
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err = { 0 };

	assert_int_equal(parse(&out, text, &err), code);
	if (!strstr(err.msg, words))
		fail_msg("no '%s' in '%s'", words, err.msg);
}

static void elements_come_with_their_text(void **state)
{
	(void)state;
	expect("<?xml version='1.0'?><a><k>x &amp; &#233;\n</k><s/></a>",
	       "<a><a/k>x & \303\251\n</k><a/s></s></a>");
	expect("<a lang='de' n='1'><![CDATA[<&>]]></a>", "<a lang=de><&></a>");
	expect("<D:a xmlns:D='DAV:'><b xmlns='u:v'/><D:c/></D:a>",
	       "<a {DAV:}><a/b {u:v}></b><a/c {DAV:}></c></a>");
	expect("<a>lost<b>in</b>kept</a>", "<a><a/b>in</b>kept</a>");
	expect("<?xml version='1.0' encoding='ISO-8859-1'?><a>\351</a>",
	       "<a>\303\251</a>");
}

static void what_is_no_xml_is_refused(void **state)
{
	(void)state;
	refuses("", DVER_EFORMAT, "list:1:1: no element found");
	refuses("<html><p></html>", DVER_EFORMAT, "list:1:1");
	refuses("<a>", DVER_EFORMAT, "no element found");
	refuses("<a/><b/>", DVER_EFORMAT, "junk after document element");
	refuses("<a>\n<k>&#1;</k></a>", DVER_EFORMAT, "list:2:4: ");
	refuses("<a>\377</a>", DVER_EFORMAT, "not well-formed");
	refuses("<x:a/>", DVER_EFORMAT, "unbound prefix");
	refuses("<a>&me;</a>", DVER_EFORMAT, "undefined entity");
	refuses("<?xml version='1.0' encoding='x-odd'?><a/>", DVER_EFORMAT,
		"unknown encoding");
}

static void entities_and_outside_files_are_refused(void **state)
{
	(void)state;
	refuses("<!DOCTYPE a [<!ENTITY e 'ha'><!ENTITY f '&e;&e;'>]>"
		"<a>&f;</a>", DVER_EFORMAT, "document type");
	refuses("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", DVER_EFORMAT,
		"document type");
}

static void a_callback_can_stop(void **state)
{
	AUTO_BUF struct buf out = BUF_BIG;
	AUTO_XML struct xml *x = NULL;
	struct dver_err err = { 0 };
	const char *text = "<a><stop/><never/></a>";

	(void)state;
	refuses(text, DVER_EREMOTE, "stopped at a/stop");
	assert_int_equal(xml_new(&x, "l", 1000, note_start, note_end, &out,
				 NULL), 0);
	assert_int_equal(xml_feed(x, text, strlen(text), NULL), DVER_EREMOTE);
	assert_string_equal(out.data, "<a><a/stop>");
	assert_int_equal(xml_feed(x, text, strlen(text), NULL), DVER_EREMOTE);
	assert_int_equal(xml_finish(x, &err), DVER_EREMOTE);
	assert_string_equal(err.msg, "stopped at a/stop");
}

static void limits_hold(void **state)
{
	AUTO_BUF struct buf text = BUF_BIG;
	AUTO_XML struct xml *x = NULL;
	struct dver_err err = { 0 };

	(void)state;
	for (int i = 0; i < XML_DEPTH_MAX + 1; i++)
		buf_addstr(&text, "<d>");
	refuses(text.data, DVER_EFORMAT, "too deep");
	buf_setstr(&text, "<a>");
	for (int i = 0; i <= XML_TEXT_MAX; i++)
		buf_addc(&text, 'x');
	buf_addstr(&text, "</a>");
	refuses(text.data, DVER_EFORMAT, "too long");
	buf_setstr(&text, "<");
	for (int i = 0; i <= XML_TEXT_MAX; i++)
		buf_addc(&text, 'x');
	buf_addstr(&text, "/>");
	refuses(text.data, DVER_EFORMAT, "too long");
	assert_int_equal(xml_new(&x, "l", 5, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(xml_feed(x, "<a>", 3, NULL), 0);
	assert_int_equal(xml_feed(x, "</a>", 4, &err), DVER_EFORMAT);
	assert_non_null(strstr(err.msg, "l:1:4: the document is too large"));
}

/* Cut anywhere, a document says the same. */
static void pieces_of_any_size_do(void **state)
{
	const char *text = "<?xml version='1.0' encoding='UTF-8'?>"
			   "<r xmlns='n'><k>\303\251&lt;</k><k>&#8364;</k></r>";
	const char *want = "<r {n}><r/k {n}>\303\251<</k>"
			   "<r/k {n}>\342\202\254</k></r>";

	(void)state;
	for (size_t step = 1; step < strlen(text); step++) {
		AUTO_BUF struct buf out = BUF_BIG;
		AUTO_XML struct xml *x = NULL;

		assert_int_equal(xml_new(&x, "l", 1000, note_start, note_end,
					 &out, NULL), 0);
		for (size_t at = 0; at < strlen(text); at += step)
			assert_int_equal(xml_feed(x, text + at,
						  MIN(step, strlen(text) - at),
						  NULL), 0);
		assert_int_equal(xml_finish(x, NULL), 0);
		assert_string_equal(out.data, want);
	}
}

static void text_is_escaped(void **state)
{
	AUTO_BUF struct buf b = BUF_BIG;

	(void)state;
	xml_escape(&b, "a<b>&'\"\n\303\251");
	assert_string_equal(b.data, "a&#60;b&#62;&#38;&#39;&#34;&#10;\303\251");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(elements_come_with_their_text),
		T(what_is_no_xml_is_refused),
		T(entities_and_outside_files_are_refused),
		T(a_callback_can_stop),
		T(limits_hold),
		T(pieces_of_any_size_do),
		T(text_is_escaped),
	};

	return RUN(tests);
}
