/*
 * image_svg - the size that the first element of an SVG says it has.
 *
 * No parser of XML: what stands before the element is passed over, and of its
 * attributes three are read.  A size in pixels or in units of length counts
 * (96 pixels an inch, as CSS has it); of one in percents, or none, the view
 * box is what a viewer takes.
 */
#include "format/image.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define LOOK_MAX 65536u		/* bytes before the end of the element */
#define SIDE_MAX 1e9

struct cursor { const char *p, *end; };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void blanks(struct cursor *c)
{
	while (c->p < c->end && is_blank(*c->p))
		c->p++;
}

static bool skip(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
		return false;
	c->p += n;
	return true;
}

static bool after(struct cursor *c, const char *word)
{
	const char *found = memmem(c->p, (size_t)(c->end - c->p), word,
				   strlen(word));

	c->p = found ? found + strlen(word) : c->end;
	return found;
}

/* A document type may declare entities between brackets. */
static bool doctype(struct cursor *c)
{
	int depth = 0;

	for (; c->p < c->end; c->p++) {
		depth += (*c->p == '[') - (*c->p == ']');
		if (*c->p == '>' && depth <= 0) {
			c->p++;
			return true;
		}
	}
	return false;
}

/* Up to the first element; is it <svg>, maybe with a prefix? */
static bool find_root(struct cursor *c)
{
	const char *name, *colon;
	bool ok = true;

	(void)skip(c, "\xef\xbb\xbf");
	while (ok) {
		blanks(c);
		if (skip(c, "<?"))
			ok = after(c, "?>");
		else if (skip(c, "<!--"))
			ok = after(c, "-->");
		else if (skip(c, "<!DOCTYPE"))
			ok = doctype(c);
		else
			break;
	}
	if (!ok || !skip(c, "<"))
		return false;
	name = c->p;
	while (c->p < c->end && !is_blank(*c->p) && *c->p != '>' &&
	       *c->p != '/')
		c->p++;
	colon = memchr(name, ':', (size_t)(c->p - name));
	name = colon ? colon + 1 : name;
	return c->p < c->end && c->p - name == 3 && memcmp(name, "svg", 3) == 0;
}

struct word { const char *text; size_t len; };

static bool is(const struct word *w, const char *text)
{
	return w->len == strlen(text) && memcmp(w->text, text, w->len) == 0;
}

/* name = "value"; false: there are no more. */
static bool attribute(struct cursor *c, struct word *name, struct word *value)
{
	const char *end;
	char quote;

	blanks(c);
	name->text = c->p;
	while (c->p < c->end && !is_blank(*c->p) && *c->p != '=' &&
	       *c->p != '>' && *c->p != '/')
		c->p++;
	name->len = (size_t)(c->p - name->text);
	blanks(c);
	if (!name->len || !skip(c, "="))
		return false;
	blanks(c);
	if (c->p == c->end || (*c->p != '"' && *c->p != '\''))
		return false;
	quote = *c->p++;
	end = memchr(c->p, quote, (size_t)(c->end - c->p));
	if (!end)
		return false;
	*value = (struct word){ c->p, (size_t)(end - c->p) };
	c->p = end + 1;
	return true;
}

/* A number that is not negative; w is what comes after it. */
static bool number(struct word *w, double *out)
{
	double unit = 1, x = 0;
	bool any = false, fraction = false;

	for (; w->len; w->text++, w->len--) {
		char c = *w->text;

		if (c == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		any = true;
		if (fraction)
			unit /= 10;
		x = fraction ? x + (c - '0') * unit : x * 10 + (c - '0');
	}
	*out = x;
	return any;
}

static double length(struct word w)
{
	static const struct { const char *name; double pixels; } units[] = {
		{ "", 1 }, { "px", 1 }, { "pt", 96.0 / 72 },
		{ "pc", 16 }, { "in", 96 }, { "mm", 96 / 25.4 },
		{ "cm", 96 / 2.54 }
	};
	double x;

	while (w.len && is_blank(*w.text)) {
		w.text++;
		w.len--;
	}
	if (!number(&w, &x))
		return 0;
	while (w.len && is_blank(w.text[w.len - 1]))
		w.len--;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (is(&w, units[i].name))
			return x * units[i].pixels;
	return 0;
}

/* "x y width height", with blanks or commas between; x, y may be anything. */
static void view_box(struct word w, double out[2])
{
	double v[4] = { 0 };

	for (size_t i = 0; i < 4; i++) {
		while (w.len && (is_blank(*w.text) || *w.text == ',' ||
				 (i < 2 && (*w.text == '-' ||
					    *w.text == '+')))) {
			w.text++;
			w.len--;
		}
		if (!number(&w, &v[i]))
			return;
	}
	out[0] = v[2];
	out[1] = v[3];
}

bool image_read_svg(struct image_info *out, const char *text, size_t len)
{
	struct cursor c = { text, text + MIN(len, (size_t)LOOK_MAX) };
	struct word name, value;
	double w = 0, h = 0, box[2] = { 0, 0 };

	if (!find_root(&c))
		return false;
	out->type = "image/svg+xml";
	while (attribute(&c, &name, &value)) {
		if (is(&name, "width"))
			w = length(value);
		else if (is(&name, "height"))
			h = length(value);
		else if (is(&name, "viewBox"))
			view_box(value, box);
	}
	/* One of them goes with the other as the view box has it. */
	if (!(w > 0) && !(h > 0)) {
		w = box[0];
		h = box[1];
	} else if (!(w > 0) && box[1] > 0) {
		w = h * box[0] / box[1];
	} else if (!(h > 0) && box[0] > 0) {
		h = w * box[1] / box[0];
	}
	if (w >= 0.5 && h >= 0.5 && w < SIDE_MAX && h < SIDE_MAX) {
		out->width = (uint32_t)lround(w);
		out->height = (uint32_t)lround(h);
	}
	return true;
}
