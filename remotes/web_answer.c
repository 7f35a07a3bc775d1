#include "remotes/web_answer.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"
#include "format/xml.h"
#include "net/http_date.h"
#include "net/url.h"

#define ANSWER_MAX (1ull << 31)

struct web_reader {
	struct xml *xml;
	struct web_answer *a;
	struct web_entry now, found;	/* of a propstat; of the response */
	struct buf href;
	bool good;		/* the propstat has status 200 */
};

void web_answer_release(struct web_answer *a)
{
	arena_release(&a->arena);
	free(a->v);
	*a = (struct web_answer)WEB_ANSWER_INIT;
}

const struct web_entry *web_answer_self(const struct web_answer *a)
{
	const struct web_entry *self = NULL;
	size_t len = SIZE_MAX;

	for (size_t i = 0; i < a->n; i++) {
		size_t n = strlen(a->v[i].path);

		if (n < len && a->v[i].folder) {
			self = &a->v[i];
			len = n;
		}
	}
	return self;
}

const char *web_entry_name(const struct web_entry *e,
			   const struct web_entry *self)
{
	size_t n = strlen(self->path);
	const char *name;

	n = n == 1 ? 0 : n;	/* "/" */
	if (e == self || strncmp(e->path, self->path, n) != 0 ||
	    e->path[n] != '/')
		return NULL;
	name = e->path + n + 1;
	return path_is_component(name, strlen(name)) ? name : NULL;
}

static int take_href(struct web_reader *rd, const struct xml_node *node,
		     struct dver_err *err)
{
	const char *p = node->text, *rest = strstr(p, "://");

	/* "http://host/path" or "/path". */
	if (rest && *p != '/')
		p = rest + 3 + strcspn(rest + 3, "/");
	buf_clear(&rd->href);
	/* A server that does not escape is taken by its word. */
	if (url_unescape(&rd->href, p, strlen(p), NULL) < 0)
		buf_setstr(&rd->href, p);
	return buf_check(&rd->href, err);
}

static int end_response(struct web_reader *rd, struct dver_err *err)
{
	struct web_answer *a = rd->a;
	struct web_entry *e;

	if (!mem_grow(&a->v, &a->cap, a->n + 1, sizeof(*a->v)))
		return err_nomem(err);
	e = &a->v[a->n];
	*e = rd->found;
	rd->found = (struct web_entry){ .path = NULL };
	while (rd->href.len > 1 && rd->href.data[rd->href.len - 1] == '/')
		buf_truncate(&rd->href, rd->href.len - 1);
	e->path = arena_strdup(&a->arena, rd->href.data, rd->href.len);
	if (!e->path)
		return err_nomem(err);
	/* Without href it is of no use. */
	a->n += rd->href.len > 0;
	buf_clear(&rd->href);
	return 0;
}

/* Properties with another status than 200 are those that it has not. */
static void end_propstat(struct web_reader *rd)
{
	if (rd->good) {
		rd->found.folder |= rd->now.folder;
		rd->found.size = MAX(rd->found.size, rd->now.size);
		rd->found.mtime = MAX(rd->found.mtime, rd->now.mtime);
	}
	rd->now = (struct web_entry){ .path = NULL };
	rd->good = false;
}

static int on_end(void *data, const struct xml_node *node,
		  struct dver_err *err)
{
	static const char top[] = "multistatus/response";
	struct web_reader *rd = data;
	const char *p = node->path;

	if (!streq(node->ns, "DAV:") || !str_starts(p, top))
		return 0;
	p += strlen(top);
	if (streq(p, "/href"))
		return take_href(rd, node, err);
	if (streq(p, "/propstat/status"))
		rd->good = strstr(node->text, " 200") != NULL;
	if (streq(p, "/propstat/prop/resourcetype/collection"))
		rd->now.folder = true;
	if (streq(p, "/propstat/prop/getcontentlength"))
		rd->now.size = strtoull(node->text, NULL, 10);
	if (streq(p, "/propstat/prop/getlastmodified"))
		(void)http_date_parse(&rd->now.mtime, node->text);
	if (streq(p, "/propstat"))
		end_propstat(rd);
	return *p ? 0 : end_response(rd, err);
}

int web_reader_new(struct web_reader **out, const char *name,
		   struct web_answer *a, struct dver_err *err)
{
	struct web_reader *rd = calloc(1, sizeof(*rd));
	int r;

	if (!rd)
		return err_nomem(err);
	rd->a = a;
	buf_init(&rd->href, XML_TEXT_MAX);
	r = xml_new(&rd->xml, name, ANSWER_MAX, NULL, on_end, rd, err);
	if (r < 0)
		web_reader_free(rd);
	else
		*out = rd;
	return r;
}

void web_reader_free(struct web_reader *rd)
{
	if (!rd)
		return;
	xml_free(rd->xml);
	buf_release(&rd->href);
	free(rd);
}

int web_reader_feed(struct web_reader *rd, const void *bytes, size_t len,
		    struct dver_err *err)
{
	return xml_feed(rd->xml, bytes, len, err);
}

int web_reader_finish(struct web_reader *rd, struct dver_err *err)
{
	return xml_finish(rd->xml, err);
}
