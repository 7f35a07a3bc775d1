#include "plot/plot_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "format/scalar.h"
#include "format/timestamp.h"
#include "format/xml.h"

#define UNKNOWN "\xef\xbf\xbd"		/* U+FFFD */
#define MORE "\xe2\x80\xa6"		/* an ellipsis */

/* The bytes of the character here; 0: none that may be shown. */
static size_t character(const char *s)
{
	unsigned char c = (unsigned char)*s, next = (unsigned char)s[1];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (strnlen(s, n) < n || !utf8_valid(s, n) || c < 0x20 || c == 0x7f)
		return 0;
	/* C1 controls, and two that XML does not allow. */
	if ((c == 0xc2 && next < 0xa0) ||
	    (n == 3 && memcmp(s, "\xef\xbf\xbe", 3) >= 0 &&
	     memcmp(s, "\xef\xbf\xbf", 3) <= 0))
		return 0;
	/* Marks that turn the direction of the text around them. */
	if (n == 3 && ((memcmp(s, "\xe2\x80\xaa", 3) >= 0 &&
			memcmp(s, "\xe2\x80\xae", 3) <= 0) ||
		       (memcmp(s, "\xe2\x81\xa6", 3) >= 0 &&
			memcmp(s, "\xe2\x81\xa9", 3) <= 0)))
		return 0;
	return n;
}

void plot_text(struct buf *out, const char *s, size_t columns, bool ascii)
{
	size_t before = out->len, fits = out->len, used = 0;

	while (*s && used <= columns) {
		size_t n = character(s);
		const char *show = n ? s : strchr("\t\n\r", *s) ? " "
							       : UNKNOWN;
		size_t len = n ? n : strlen(show);

		if (ascii && len > 1) {
			show = "?";
			len = 1;
		}
		used += utf8_width(show, len);
		if (used < columns)
			fits = out->len + len;
		buf_add(out, show, len);
		s += n ? n : 1;
	}
	if (used <= columns)
		return;
	buf_truncate(out, MAX(fits, before));
	if (columns > 0)
		buf_addstr(out, ascii ? "~" : MORE);
}

void plot_text_ends(struct buf *out, const char *s, size_t columns,
		    bool ascii)
{
	AUTO_BUF struct buf all = BUF_BIG;
	size_t width, skip, head = columns / 2;
	const char *p, *end;

	plot_text(&all, s, SIZE_MAX / 2, ascii);
	width = utf8_width(all.data, all.len);
	out->failed |= all.failed;
	if (width <= columns || columns < 8) {
		plot_text(out, s, columns, ascii);
		return;
	}
	/* The head ends in the mark of what is left out. */
	plot_text(out, all.data, head, ascii);
	skip = width - (columns - head);
	end = all.data + all.len;
	for (p = all.data; p < end; p += character(p) ? character(p) : 1)
		if (utf8_width(p, (size_t)(end - p)) <= width - skip)
			break;
	buf_add(out, p, (size_t)(end - p));
}

void plot_text_xml(struct buf *out, const char *s, size_t columns)
{
	AUTO_BUF struct buf text = BUF_BIG;

	plot_text(&text, s, columns, false);
	xml_escape(out, text.data);
	out->failed |= text.failed;
}

void plot_number(struct buf *out, double x)
{
	size_t before = out->len;

	scalar_put_float(out, x);
	/* Only the number is looked at: what is before it may be long. */
	if (out->len > before + 2 && str_ends(out->data + out->len - 2, ".0"))
		buf_truncate(out, out->len - 2);
}

void plot_number_short(struct buf *out, double x)
{
	static const struct { double size; const char *name; } units[] = {
		{ 1e12, "T" }, { 1e9, "G" }, { 1e6, "M" }, { 1e4, "k" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (fabs(x) >= units[i].size && fabs(x) < 1e15) {
			double unit = i == 3 ? 1e3 : units[i].size;

			buf_addf(out, "%.5g%s", x / unit, units[i].name);
			return;
		}
	buf_addf(out, "%.5g", x);
}

void plot_time(struct buf *out, double x)
{
	double whole = floor(x);
	int64_t micros = llround((x - whole) * 1e6);
	int64_t seconds = (int64_t)whole + (micros == 1000000);
	int64_t day = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
	struct timestamp_day d = timestamp_day(day);
	char part[16];

	seconds -= day * 86400;
	micros %= 1000000;
	buf_addf(out, "%04d-%02d-%02d", d.year, d.month, d.day);
	if (!seconds && !micros)
		return;
	buf_addf(out, " %02d:%02d:%02d", (int)(seconds / 3600),
		 (int)(seconds / 60 % 60), (int)(seconds % 60));
	if (!micros)
		return;
	(void)snprintf(part, sizeof(part), ".%06d", (int)micros);
	while (str_ends(part, "0"))
		part[strlen(part) - 1] = '\0';
	buf_addstr(out, part);
}

void plot_count(struct buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu",
			   (unsigned long long)n);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_addc(out, ',');
		buf_addc(out, digits[i]);
	}
}
