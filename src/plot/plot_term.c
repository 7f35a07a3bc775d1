#include "plot/plot_term_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"

#define NAME_COLUMNS 32
#define COLOURS 8	/* and marks, before letters come */

void plot_term_put(struct plot_term *t, const char *text)
{
	buf_addstr(t->out, text);
	t->column += utf8_width(text, strlen(text));
}

void plot_term_to(struct plot_term *t, size_t column)
{
	while (t->column < column)
		plot_term_put(t, " ");
}

void plot_term_name(struct plot_term *t, const char *name, size_t columns)
{
	AUTO_BUF struct buf text = BUF_BIG;

	plot_text(&text, name, columns, t->ascii);
	plot_term_put(t, text.data);
	t->out->failed |= text.failed;
}

/* Chosen as those of pictures are, for light ground and for dark. */
void plot_term_colour(struct plot_term *t, size_t series)
{
	static const int codes[COLOURS] = { 33, 208, 36, 139, 179, 147, 59,
					    94 };

	if (t->colour)
		buf_addf(t->out, "\x1b[38;5;%dm",
			 codes[(t->own ? t->p->v[series].look.colour : series) %
			       ARRAY_SIZE(codes)]);
}

void plot_term_plain(struct plot_term *t)
{
	if (t->colour)
		buf_addstr(t->out, "\x1b[0m");
}

void plot_term_end(struct plot_term *t)
{
	while (t->out->len > 0 && t->out->data[t->out->len - 1] == ' ')
		buf_truncate(t->out, t->out->len - 1);
	buf_addc(t->out, '\n');
	t->column = 0;
}

bool plot_term_marked(const struct plot_term *t)
{
	return t->ascii || (t->p->n > 1 && !t->colour) ||
	       t->p->n > COLOURS;
}

const char *plot_term_mark(const struct plot_term *t, size_t series)
{
	/* No two of PLOT_SERIES_MAX are the same. */
	static const char letters[][2] = {
		"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
		"m", "n", "p", "q", "r", "s", "t", "u", "v", "w", "y", "z",
		"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L",
		"M", "N", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y",
		"Z", "1", "2", "3", "4", "5", "6", "7"
	};
	static const char *const marks[] = { "\xe2\x97\x8f", "\xe2\x97\x8b",
					     "\xe2\x96\xb2", "\xe2\x96\xb3",
					     "\xe2\x96\xa0", "\xe2\x96\xa1",
					     "\xe2\x97\x86", "\xe2\x97\x87" };
	static const char *const ascii[] = { "*", "o", "+", "x", "#", "@", "%",
					     "&" };
	static const char *const fills[] = { "\xe2\x96\x88", "\xe2\x96\x93",
					     "\xe2\x96\x92", "\xe2\x96\x91" };
	static const char *const plain[] = { "#", "=", "+", "-" };

	if (t->p->kind == PLOT_BAR)
		return (t->ascii ? plain : fills)[t->colour && !t->ascii
						  ? 0 : series % 4];
	_Static_assert(COLOURS + ARRAY_SIZE(letters) == PLOT_SERIES_MAX,
		       "a mark for each series");
	if (series >= COLOURS)
		return letters[(series - COLOURS) % ARRAY_SIZE(letters)];
	return (t->ascii ? ascii : marks)[series];
}

static size_t names(struct plot_term *t)
{
	size_t lines = 1;

	for (size_t i = 0; i < t->p->n; i++) {
		AUTO_BUF struct buf name = BUF_BIG;
		size_t width;

		plot_text_ends(&name, t->p->v[i].name,
			       MIN((size_t)NAME_COLUMNS, t->width - 4),
			       t->ascii);
		width = utf8_width(name.data, name.len) + 3;
		if (t->column > 0 && t->column + 2 + width > t->width) {
			plot_term_end(t);
			lines++;
		}
		if (t->column > 0)
			plot_term_to(t, t->column + 2);
		plot_term_colour(t, i);
		plot_term_put(t, plot_term_marked(t) || t->p->kind == PLOT_BAR
				 ? plot_term_mark(t, i)
				 : t->p->kind == PLOT_SCATTER
				 ? "\xe2\xa0\xbf" : "\xe2\x94\x81\xe2\x94\x81");
		plot_term_plain(t);
		plot_term_put(t, " ");
		plot_term_put(t, name.data);
	}
	plot_term_end(t);
	return lines;
}

size_t plot_term_head(struct plot_term *t)
{
	size_t lines = 0;

	if (t->p->title) {
		if (t->colour)
			buf_addstr(t->out, "\x1b[1m");
		plot_term_name(t, t->p->title, t->width);
		plot_term_plain(t);
		plot_term_end(t);
		lines++;
	}
	return t->p->n > 1 && t->p->kind != PLOT_MATRIX ? lines + names(t)
							: lines;
}

void plot_term_odd(struct plot_term *t)
{
	AUTO_BUF struct buf note = BUF_BIG;

	plot_note_odd(&note, t->p);
	if (note.len == 0)
		return;
	plot_term_to(t, t->width > note.len ? t->width - note.len : 0);
	plot_term_name(t, note.data, t->width);
	plot_term_end(t);
}

static bool own_colours(const struct plot *p)
{
	unsigned seen = 0;

	for (size_t i = 0; i < p->n; i++) {
		unsigned bit = 1u << p->v[i].look.colour;

		if (seen & bit)
			return false;
		seen |= bit;
	}
	return true;
}

int plot_term(struct buf *out, const struct plot *p,
	      const struct plot_term_opts *opts, struct dver_err *err)
{
	unsigned width = opts && opts->width ? opts->width : 80;
	unsigned height = opts && opts->height ? opts->height : 20;
	struct plot_term t = {
		.out = out, .p = p, .width = MIN(MAX(width, 24u), 500u),
		.height = MIN(MAX(height, 8u), 200u),
		.ascii = opts && opts->ascii, .colour = opts && opts->colour,
		.own = own_colours(p)
	};
	int r = 0;

	if (p->kind == PLOT_BAR)
		plot_term_bars(&t);
	else if (p->kind == PLOT_MATRIX)
		plot_term_matrix(&t);
	else
		r = plot_term_lines(&t, err);
	return r < 0 ? r : buf_check(out, err);
}
