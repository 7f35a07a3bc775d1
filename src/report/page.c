/*
 * page - one frame and one style for all pages.
 */
#include "report/page.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/hash.h"
#include "plot/plot_text.h"

#define TEXT_COLUMNS 1000

static const char head[] =
"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
"img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
"form-action 'none'";

static const char head_rest[] = "\">\n"
"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
"<meta name=\"color-scheme\" content=\"light dark\">\n<title>";

static const char rules[] =
":root{color-scheme:light dark}\n"
"*{box-sizing:border-box}\n"
"body{margin:0 auto;max-width:100rem;padding:1rem;background:#fff;"
"color:#1f2328;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,"
"'Noto Sans','DejaVu Sans',sans-serif}\n"
"h1{font-size:1.4rem;margin:0 0 .5rem;overflow-wrap:anywhere}\n"
"h2{font-size:1.05rem;margin:0 0 .5rem;overflow-wrap:anywhere}\n"
"a{color:#0550ae}\n"
"section{border:1px solid #d1d9e0;border-radius:6px;padding:.75rem;"
"min-width:0}\n"
"figure{margin:0;max-width:100%}\n"
"figcaption,summary,table{font-size:.875rem}\n"
"img{display:block;max-width:100%;height:auto;background:#fff}\n"
"table{border-collapse:collapse}\n"
"th,td{padding:.15rem .75rem .15rem 0;text-align:right;"
"font-variant-numeric:tabular-nums}\n"
"th:first-child{text-align:left;overflow-wrap:anywhere}\n"
".problem{color:#9a3412;margin:.25rem 0;overflow-wrap:anywhere}\n"
"summary{cursor:pointer;padding:.25rem 0}\n"
":focus-visible{outline:3px solid #0969da;outline-offset:2px}\n"
"@media (prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}"
"a{color:#79c0ff}section{border-color:#3d444d}.problem{color:#ffa657}"
":focus-visible{outline-color:#58a6ff}}\n"
"@media (max-width:40rem){body{padding:.5rem}section{padding:.5rem}}\n";

void page_text(struct buf *out, const char *text)
{
	plot_text_xml(out, text, TEXT_COLUMNS);
}

static int allow(struct buf *out, const struct page_script *v, size_t n,
		 struct dver_err *err)
{
	int r = 0;

	buf_addstr(out, n ? "; script-src" : "");
	for (size_t i = 0; r == 0 && i < n; i++) {
		uint8_t sum[HASH_SIZE];

		r = hash_bytes(sum, v[i].text, v[i].len, err);
		if (r < 0)
			break;
		buf_addstr(out, " 'sha256-");
		base64_encode(out, sum, sizeof(sum));
		buf_addc(out, '\'');
	}
	return r;
}

static void begin_rest(struct buf *out, const char *title, const char *style)
{
	buf_addstr(out, head_rest);
	page_text(out, title);
	buf_addstr(out, "</title>\n<style>\n");
	buf_addstr(out, rules);
	if (style)
		buf_addstr(out, style);
	buf_addstr(out, "</style>\n</head>\n<body>\n<h1>");
	page_text(out, title);
	buf_addstr(out, "</h1>\n");
}

void page_begin(struct buf *out, const char *title, const char *style)
{
	buf_addstr(out, head);
	begin_rest(out, title, style);
}

int page_begin_scripts(struct buf *out, const char *title, const char *style,
		       const struct page_script *v, size_t n,
		       struct dver_err *err)
{
	int r;

	buf_addstr(out, head);
	r = allow(out, v, n, err);
	begin_rest(out, title, style);
	return r;
}

void page_scripts(struct buf *out, const struct page_script *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_addstr(out, "<script>");
		buf_add(out, v[i].text, v[i].len);
		buf_addstr(out, "</script>\n");
	}
}

void page_end(struct buf *out)
{
	buf_addstr(out, "</body>\n</html>\n");
}
