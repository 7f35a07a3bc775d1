#include "cmd/report_json.h"

#include "base/mem.h"
#include "cmd/reasons.h"
#include "cmd/report_images.h"
#include "cmd/report_plots.h"
#include "cmd/values.h"

static const char *const lists[] = { NULL, "outputs", "rows", "params",
				     "metrics", "plots", "images",
				     "stages", "to_run", "problems" };
enum { OUTPUTS = 1, ROWS, PARAMS, METRICS, PLOTS, IMAGES, STAGES,
       TO_RUN, PROBLEMS };

/* Problems may come between all others: they wait for their list. */
static void go_to(struct report_json *r, unsigned list)
{
	while (r->list < list) {
		if (r->list)
			json_end_array(&r->j);
		json_array(&r->j, lists[++r->list]);
	}
}

static const char *status_of(char c)
{
	return c == 'A' ? "new" : c == 'D' ? "removed" : c == 'M' ? "changed"
						       : "same";
}

static int on_ends(void *data, const struct dver_report_ends *e)
{
	struct report_json *r = data;

	json_object(&r->j, "base");
	json_string(&r->j, "asked", e->asked);
	json_string(&r->j, "commit", e->base);
	json_end_object(&r->j);
	json_object(&r->j, "now");
	json_string(&r->j, "rev", e->rev);
	json_string(&r->j, "commit", e->commit);
	json_end_object(&r->j);
	return 0;
}

static void put_counts(struct json *j, const struct dver_report_folder *f)
{
	json_number(j, "added", f->added);
	json_number(j, "modified", f->modified);
	json_number(j, "deleted", f->deleted);
	json_number(j, "moved", f->moved);
}

static void put_folders(struct json *j, const struct dver_report_output *o)
{
	json_array(j, "folders");
	for (size_t i = 0; i < o->nfolders; i++) {
		json_object(j, NULL);
		json_string(j, "path", o->folders[i].path);
		put_counts(j, &o->folders[i]);
		json_end_object(j);
	}
	json_end_array(j);
	if (!o->nrest)
		return;
	json_object(j, "other_folders");
	json_number(j, "folders", o->nrest);
	put_counts(j, &o->rest);
	json_end_object(j);
}

static int on_output(void *data, const struct dver_report_output *o)
{
	const struct dver_report_folder all = {
		.added = o->added, .modified = o->modified,
		.deleted = o->deleted, .moved = o->moved };
	struct report_json *r = data;
	struct json *j = &r->j;

	go_to(r, OUTPUTS);
	json_object(j, NULL);
	json_string(j, "path", o->path);
	json_string(j, "status", status_of(o->status));
	if (o->other)
		json_string(j, "other", o->other);
	json_bool(j, "directory", o->directory);
	json_number(j, "old_files", o->old_files);
	json_number(j, "new_files", o->new_files);
	json_number(j, "old_bytes", o->old_bytes);
	json_number(j, "new_bytes", o->new_bytes);
	if (o->problem) {
		json_string(j, "problem", o->problem);
		json_bool(j, "missing", o->code == DVER_EMISSING);
		json_end_object(j);
		return 0;
	}
	put_counts(j, &all);
	json_number(j, "added_bytes", o->added_bytes);
	json_number(j, "deleted_bytes", o->deleted_bytes);
	if (o->directory)
		put_folders(j, o);
	json_array(j, "moves");
	for (size_t i = 0; i < o->nmoves; i++) {
		json_object(j, NULL);
		json_string(j, "from", o->moves[i].from);
		json_string(j, "to", o->moves[i].to);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
	return 0;
}

static void put_parts(struct json *j, const char *key,
		      const struct dver_report_part *v, size_t n, bool kinds)
{
	json_array(j, key);
	for (size_t i = 0; i < n; i++) {
		char sign[2] = { v[i].sign, '\0' };

		json_object(j, NULL);
		json_string(j, "sign", sign);
		if (kinds)
			json_string(j, "kind", v[i].kind);
		json_string(j, "text", v[i].text);
		json_end_object(j);
	}
	json_end_array(j);
}

static int on_rows(void *data, const struct dver_report_rows *x)
{
	struct report_json *r = data;
	struct json *j = &r->j;

	go_to(r, ROWS);
	json_object(j, NULL);
	json_string(j, "path", x->path);
	json_bool(j, "table", x->table);
	if (x->problem) {
		json_string(j, "problem", x->problem);
		json_bool(j, "missing", x->code == DVER_EMISSING);
	} else {
		json_number(j, "added", x->added);
		json_number(j, "deleted", x->deleted);
		json_number(j, "changed", x->changed);
		put_parts(j, "shown", x->shown, x->nshown, false);
	}
	json_end_object(j);
	return 0;
}

static int on_param(void *data, const struct dver_value_change *c)
{
	struct report_json *r = data;

	go_to(r, PARAMS);
	values_change_json(&r->j, c);
	return 0;
}

static int on_metric(void *data, const struct dver_value_change *c)
{
	struct report_json *r = data;

	go_to(r, METRICS);
	values_change_json(&r->j, c);
	return 0;
}

static int on_plots(void *data, const struct dver_report_plots *x)
{
	struct report_json *r = data;

	go_to(r, PLOTS);
	report_plots_json(&r->j, x);
	return 0;
}

static int on_images(void *data, uint64_t n)
{
	struct report_json *r = data;

	r->images = n;
	return 0;
}

static int on_image(void *data, const struct dver_report_image *x)
{
	struct report_json *r = data;

	go_to(r, IMAGES);
	report_image_json(&r->j, x);
	return 0;
}

static void put_results(struct json *j, const struct dver_report_stage *s)
{
	json_array(j, "results");
	for (size_t i = 0; i < s->nresults; i++) {
		const struct dver_report_result *x = &s->results[i];

		json_object(j, NULL);
		json_string(j, "status", status_of(x->status));
		json_string(j, "kind", x->kind);
		json_string(j, "name", x->name);
		json_string(j, "old", x->old);
		json_string(j, "new", x->now);
		if (x->sized) {
			json_number(j, "old_size", x->old_size);
			json_number(j, "new_size", x->new_size);
			json_number(j, "old_files", x->old_files);
			json_number(j, "new_files", x->new_files);
		}
		json_end_object(j);
	}
	json_end_array(j);
	if (s->more_results)
		json_number(j, "more_results", s->more_results);
}

static int on_stage(void *data, const struct dver_report_stage *s)
{
	struct report_json *r = data;
	struct json *j = &r->j;

	go_to(r, STAGES);
	json_object(j, NULL);
	json_string(j, "stage", s->name);
	json_string(j, "status", status_of(s->status));
	json_string(j, "recorded", status_of(s->lock));
	put_parts(j, "parts", s->parts, s->nparts, true);
	if (s->more)
		json_number(j, "more_parts", s->more);
	put_results(j, s);
	json_end_object(j);
	return 0;
}

static int on_run(void *data, const struct dver_stage_event *e)
{
	struct report_json *r = data;

	go_to(r, TO_RUN);
	json_object(&r->j, NULL);
	json_string(&r->j, "stage", e->stage);
	if (e->text)
		json_string(&r->j, "problem", e->text);
	reasons_json(&r->j, e->reasons, e->nreasons);
	json_end_object(&r->j);
	return 0;
}

static int on_problem(void *data, const char *text)
{
	struct report_json *r = data;

	return strvec_push(&r->problems, text) ? 0 : DVER_ENOMEM;
}

void report_json_begin(struct report_json *r)
{
	*r = (struct report_json){ .list = 0 };
	json_begin(&r->j, stdout);
	json_object(&r->j, NULL);
}

struct dver_report_calls report_json_calls(struct report_json *r)
{
	return (struct dver_report_calls){
		.ends = on_ends, .output = on_output, .rows = on_rows,
		.param = on_param,
		.metric = on_metric, .plots = on_plots,
		.images = on_images, .image = on_image,
		.stage = on_stage, .run = on_run,
		.problem = on_problem, .data = r };
}

void report_json_end(struct report_json *r)
{
	go_to(r, PROBLEMS);
	for (size_t i = 0; i < r->problems.n; i++)
		json_string(&r->j, NULL, r->problems.v[i]);
	json_end_array(&r->j);
	json_number(&r->j, "all_images", r->images);
	json_end_object(&r->j);
	json_end(&r->j);
}
