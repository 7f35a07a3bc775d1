#include "plot/plot_data_internal.h"

#include <math.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "format/values.h"
#include "plot/plot_xs.h"

#define READ_SIZE (128u << 10)

static bool is_table(const char *path)
{
	return str_ends(path, ".csv") || str_ends(path, ".tsv");
}

static bool is_tree(const char *path)
{
	return str_ends(path, ".json") || str_ends(path, ".yaml") ||
	       str_ends(path, ".yml");
}

bool plot_data_name(const char *path)
{
	return is_table(path) || is_tree(path) || tfevents_name(path);
}

void plot_data_free(struct plot_data *d)
{
	if (!d)
		return;
	if (!d->done)
		plot_forget(d->to, d->labels, d->was_open);
	for (size_t i = 0; i < d->n; i++)
		plot_sink_release(&d->v[i]);
	free(d->no_x.first);
	free(d->ragged.first);
	free(d->v);
	free(d->path);
	csv_free(d->csv);
	tfevents_free(d->events);
	buf_release(&d->text);
	free(d);
}

int plot_data_new(struct plot_data **out, struct plot *to, const char *path,
		  const struct plot_want *want, struct dver_err *err)
{
	static const struct csv_opts opts = { .ragged = true };
	AUTO_PLOT_DATA struct plot_data *d = NULL;
	int r = 0;

	if (!want->run && !plot_data_name(path))
		return err_set(err, DVER_EUNSUPPORTED, "cannot plot '%s': its "
			       "name ends in none of .csv, .tsv, .json, .yaml, "
			       ".yml, and has no .tfevents. in it", path);
	if ((want->collect || want->given) &&
	    (want->run || tfevents_name(path)))
		return err_set(err, DVER_EUNSUPPORTED, "'%s': events have "
			       "their x with them, so it goes with no column "
			       "of another file", path);
	d = calloc(1, sizeof(*d));
	if (!d)
		return err_nomem(err);
	buf_init(&d->text, VALUES_SIZE_MAX + 1);
	d->to = to;
	d->want = want;
	d->labels = to->labels.n;
	d->was_open = to->x_kind == PLOT_X_OPEN;
	d->start = (double)NAN;
	d->path = strdup(path);
	if (!d->path)
		return err_nomem(err);
	if (want->run)
		r = plot_data_next(d, path, err);
	else if (is_table(path))
		r = csv_new(&d->csv, path, &opts, plot_table_row, d, err);
	else if (!is_tree(path))
		r = tfevents_new(&d->events, path, plot_event, d, err);
	for (size_t i = 0; r == 0 && i < want->n_y; i++)
		r = plot_sink_add(d, want->y[i], 0, err);
	if (r == 0)
		*out = TAKE(d);
	return r;
}

int plot_data_next(struct plot_data *d, const char *path,
		   struct dver_err *err)
{
	tfevents_free(TAKE(d->events));
	d->file++;
	return tfevents_new(&d->events, path, plot_event, d, err);
}

int plot_data_feed(struct plot_data *d, const void *bytes, size_t len,
		   struct dver_err *err)
{
	if (d->csv)
		return csv_feed(d->csv, bytes, len, err);
	if (d->events)
		return tfevents_feed(d->events, bytes, len, err);
	buf_add(&d->text, bytes, len);
	if (buf_ok(&d->text))
		return 0;
	if (d->text.len + len <= VALUES_SIZE_MAX)
		return err_nomem(err);
	return err_set(err, DVER_EFORMAT, "%s: larger than 32 MiB; keep long "
		       "series as CSV or TSV", d->path);
}

static int set_label(char **label, const char *text, struct dver_err *err)
{
	free(*label);
	*label = strdup(text);
	return *label ? 0 : err_nomem(err);
}

/* Axes are called as their column; where columns differ, "x" or nothing. */
static int axis_labels(struct plot_data *d, struct dver_err *err)
{
	const char *x = d->want->x ? d->want->x : "step";
	const char *y = d->n == 1 ? d->v[0].column : NULL;
	struct plot *p = d->to;
	bool first = p->n == d->n;
	int r = 0;

	if (first) {
		p->x_auto = !p->x_label;
		p->y_auto = !p->y_label && y;
		r = set_label(&p->x_column, x, err);
		if (r == 0 && p->x_auto)
			r = set_label(&p->x_label, x, err);
		if (r == 0 && p->y_auto)
			r = set_label(&p->y_label, y, err);
		return r;
	}
	if (p->y_auto && p->y_label && (!y || !streq(p->y_label, y))) {
		free(p->y_label);
		p->y_label = NULL;
	}
	if (p->x_auto && !streq(p->x_label, x))
		r = set_label(&p->x_label, "x", err);
	return r;
}

/* Was every column of a document or of event files there at all? */
static int all_seen(const struct plot_data *d, struct dver_err *err)
{
	if (d->csv && !d->header)
		return err_set(err, DVER_EFORMAT, "%s: a row with the names "
			       "of the columns was expected, found the end",
			       d->path);
	if (d->want->given && plot_xs_count(d->want->given) != d->row)
		return err_set(err, DVER_EFORMAT, "cannot join '%s' of '%s' "
			       "and '%s' of '%s': they have %llu and %llu "
			       "rows", d->want->x, d->want->x_path,
			       d->v[0].column, d->path,
			       (unsigned long long)
			       plot_xs_count(d->want->given),
			       (unsigned long long)d->row);
	for (size_t i = 0; d->events && i < d->n; i++)
		if (!d->v[i].seen)
			return err_set(err, DVER_EFORMAT, "%s: no scalar of "
				       "tag '%s'", d->path, d->v[i].column);
	return 0;
}

int plot_data_finish(struct plot_data *d, struct dver_err *err)
{
	size_t before = d->to->n;
	int r = d->csv ? csv_finish(d->csv, err)
	      : d->events ? 0 : plot_tree(d, err);

	if (r == 0)
		r = all_seen(d, err);
	if (r == 0)
		r = plot_notes_check(d, err);
	for (size_t i = 0; r == 0 && i < d->n; i++)
		r = plot_sink_finish(d, &d->v[i], err);
	if (r == 0 && !d->want->collect)
		r = axis_labels(d, err);
	if (r == 0)
		r = plot_notes_tell(d, err);
	d->done = r == 0;
	if (r < 0)
		plot_truncate(d->to, before);
	return r;
}

int plot_data_parse(struct plot *to, const char *path,
		    const struct plot_want *want, const void *bytes,
		    size_t len, struct dver_err *err)
{
	AUTO_PLOT_DATA struct plot_data *d = NULL;
	int r = plot_data_new(&d, to, path, want, err);

	if (r == 0)
		r = plot_data_feed(d, bytes, len, err);
	return r < 0 ? r : plot_data_finish(d, err);
}

int plot_data_read(struct plot *to, const char *path, int fd,
		   const struct plot_want *want, struct dver_err *err)
{
	AUTO_FREE char *piece = malloc(READ_SIZE);
	AUTO_PLOT_DATA struct plot_data *d = NULL;
	int r = piece ? plot_data_new(&d, to, path, want, err)
		      : err_nomem(err);

	while (r == 0) {
		ssize_t n = os_read(fd, piece, READ_SIZE);

		if (n < 0)
			return err_sys(err, "cannot read '%s'", path);
		if (n == 0)
			return plot_data_finish(d, err);
		r = plot_data_feed(d, piece, (size_t)n, err);
	}
	return r;
}
