/*
 * plots_files - pictures and pages in files.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/vec.h"
#include "cmd/out_file.h"
#include "cmd/plots.h"

#define NAME_MAX_BYTES 120	/* of a picture's name */

/* `plot` SIZE_MAX: a page of all. */
static int write_file(const struct dver_plots *p, size_t plot,
		      const char *path, struct dver_err *err)
{
	struct out_file f;
	int r = out_file_open(&f, path, err);

	if (r == 0)
		r = plot == SIZE_MAX
		    ? dver_plots_draw_page(p, out_file_write, &f, err)
		    : dver_plots_draw_svg(p, plot, out_file_write, &f, err);
	return out_file_close(&f, r);
}

static int make_dir(const char *dir, struct dver_err *err)
{
	return os_mkdirs(dir, 0777) < 0
	       ? err_sys(err, "cannot make the folder '%s'", dir) : 0;
}

/* Where a browser finds it. */
static int tell_url(const char *path, struct dver_err *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	AUTO_BUF struct buf b = BUF_PATH;
	int r = path_absolute(&b, path, err);

	if (r < 0)
		return r;
	(void)fputs("file://", stdout);
	for (size_t i = 0; i < b.len; i++) {
		unsigned char c = (unsigned char)b.data[i];

		if (strchr(plain, c))
			(void)putchar(c);
		else
			(void)printf("%%%02X", c);
	}
	(void)putchar('\n');
	return 0;
}

static void tell_still(const struct cmd_ctx *ctx)
{
	if (!ctx->quiet && !dver_plots_vega())
		(void)fputs("dver: the page holds still pictures: this dver "
			    "was built without Vega\n", stderr);
}

static int page(const struct cmd_ctx *ctx, const struct dver_plots *p,
		const char *path, struct dver_err *err)
{
	int r = write_file(p, SIZE_MAX, path, err);

	if (r == 0)
		tell_still(ctx);
	return r < 0 || ctx->quiet || ctx->json ? r : tell_url(path, err);
}

static int page_in(const struct cmd_ctx *ctx, const struct dver_plots *p,
		   const char *dir, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(dir, "index.html");
	int r = path ? make_dir(dir, err) : err_nomem(err);

	return r < 0 ? r : page(ctx, p, path, err);
}

static void tell_path(const struct cmd_ctx *ctx, const char *path)
{
	if (ctx->quiet || ctx->json)
		return;
	out_path(stdout, path);
	(void)putchar('\n');
}

static bool is_chart(const struct dver_plot *x)
{
	return x->kind != DVER_PLOT_IMAGES && (x->nseries || !x->nproblems);
}

/* The only chart. */
static int picture(const struct cmd_ctx *ctx, const struct dver_plots *p,
		   const char *path, struct dver_err *err)
{
	size_t n = 0, images = 0, which = 0;
	int r;

	for (size_t i = 0; i < dver_plots_count(p); i++) {
		const struct dver_plot *x = dver_plots_get(p, i);

		images += x->nimages;
		if (is_chart(x)) {
			which = i;
			n++;
		}
	}
	/* What is wrong with those that are none is told at the end. */
	if (n == 0 && !images)
		return 0;
	if (n == 0)
		return err_set(err, DVER_EUNSUPPORTED, "there is no chart for "
			       "'%s': images go into a page, --html DIR",
			       path);
	if (n > 1)
		return err_set(err, DVER_EINVAL, "%zu charts do not fit into "
			       "'%s': name one, or use --svg DIR", n, path);
	r = write_file(p, which, path, err);
	if (r == 0)
		tell_path(ctx, path);
	return r;
}

/* "train/loss.csv" -> "train_loss.csv"; -2, -3 where that is taken. */
static int name_for(struct buf *out, const char *id, struct strvec *taken,
		    struct dver_err *err)
{
	size_t len;

	for (; *id && out->len < NAME_MAX_BYTES; id++) {
		unsigned char c = (unsigned char)*id;
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '-' ||
			  (c == '.' && out->len > 0);

		buf_addc(out, ok ? c : '_');
	}
	len = out->len;
	for (unsigned n = 2; strvec_has(taken, out->data); n++) {
		buf_truncate(out, len);
		buf_addf(out, "-%u", n);
	}
	if (!strvec_push(taken, out->data))
		return err_nomem(err);
	buf_addstr(out, ".svg");
	return buf_check(out, err);
}

static int pictures(const struct cmd_ctx *ctx, const struct dver_plots *p,
		    const char *dir, struct dver_err *err)
{
	AUTO_STRVEC struct strvec taken = STRVEC_INIT;
	int r = make_dir(dir, err);

	for (size_t i = 0; r == 0 && i < dver_plots_count(p); i++) {
		const struct dver_plot *x = dver_plots_get(p, i);
		AUTO_BUF struct buf name = BUF_PATH;
		AUTO_FREE char *path = NULL;

		if (!is_chart(x))
			continue;
		r = name_for(&name, x->id, &taken, err);
		path = path_join(dir, name.data);
		if (r == 0 && !path)
			r = err_nomem(err);
		if (r == 0)
			r = write_file(p, i, path, err);
		if (r == 0)
			tell_path(ctx, path);
	}
	return r;
}

/* What ends like a file but is none of those is no folder by mistake. */
static int check_out(const char *path, struct dver_err *err)
{
	struct os_stat st;

	if (str_ends(path, "/") || !strchr(path_base(path), '.') ||
	    streq(path_base(path), ".") || streq(path_base(path), "..") ||
	    (os_stat(path, &st, true) == 0 && S_ISDIR(st.mode)))
		return 0;
	return err_set(err, DVER_EINVAL, "cannot write '%s': charts are "
		       ".svg or .html; a folder for the page is "
		       "'%s/'", path, path);
}

/* Have all plots nothing but problems, which are told at the end? */
static bool is_bare(const struct dver_plots *p)
{
	size_t n = dver_plots_count(p);

	for (size_t i = 0; i < n; i++) {
		const struct dver_plot *x = dver_plots_get(p, i);

		if (x->nseries || x->nimages || !x->nproblems)
			return false;
	}
	return n > 0;
}

int plots_files(const struct cmd_ctx *ctx, const struct plots_args *a,
		const struct dver_plots *p, struct dver_err *err)
{
	int r = 0;

	if (is_bare(p))
		return 0;
	if (a->out && str_ends(a->out, ".svg"))
		r = picture(ctx, p, a->out, err);
	else if (a->out && (str_ends(a->out, ".html") ||
			    str_ends(a->out, ".htm")))
		r = page(ctx, p, a->out, err);
	else if (a->out) {
		r = check_out(a->out, err);
		if (r == 0)
			r = page_in(ctx, p, a->out, err);
	}
	if (r == 0 && a->svg)
		r = pictures(ctx, p, a->svg, err);
	if (r == 0 && a->html)
		r = page_in(ctx, p, a->html, err);
	return r;
}
