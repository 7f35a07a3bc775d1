/*
 * toml_word - TOML's values that stand without quotes.
 */
#include "base/err.h"
#include "format/toml_read.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "d" stands for a digit, all else for itself; false: it is not there. */
static bool shape(const char **p, const char *end, const char *want)
{
	const char *at = *p;

	for (; *want; want++, at++)
		if (at == end || (*want == 'd' ? !is_digit(*at)
					       : *at != *want))
			return false;
	*p = at;
	return true;
}

static int two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

/* "07:32:00", with a part of a second if there is one. */
static bool time_of_day(const char **p, const char *end)
{
	const char *at = *p;

	if (!shape(p, end, "dd:dd:dd") || two(at) > 23 || two(at + 3) > 59 ||
	    two(at + 6) > 60)
		return false;
	if (*p < end && **p == '.') {
		if (!shape(p, end, ".d"))
			return false;
		while (*p < end && is_digit(**p))
			++*p;
	}
	return true;
}

static bool offset(const char **p, const char *end)
{
	const char *at = *p;

	if (*p == end)
		return true;
	if (**p == 'Z' || **p == 'z') {
		++*p;
		return true;
	}
	return (shape(p, end, "+dd:dd") || shape(p, end, "-dd:dd")) &&
	       two(at + 1) <= 23 && two(at + 4) <= 59;
}

static bool is_date(const char *p, const char *end)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	const char *at = p;
	int month, day;

	if (time_of_day(&p, end))
		return p == end;
	p = at;
	if (!shape(&p, end, "dddd-dd-dd"))
		return false;
	month = two(at + 5);
	day = two(at + 8);
	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	if (p == end)
		return true;
	if (!strchr("Tt ", *p++))
		return false;
	return time_of_day(&p, end) && offset(&p, end) && p == end;
}

/* Digits of a base, with single underscores between them. */
static bool digits(const char **p, const char *end, const char *of)
{
	const char *from = *p;

	while (*p < end) {
		if (**p == '_') {
			if (*p == from || (*p)[-1] == '_' || *p + 1 == end)
				return false;
		} else if (!strchr(of, **p)) {
			break;
		}
		++*p;
	}
	return *p > from && (*p)[-1] != '_';
}

static bool is_number(const char *p, const char *end)
{
	static const char dec[] = "0123456789";
	const char *from;

	if (end - p > 2 && p[0] == '0' && strchr("xob", p[1])) {
		const char *of = p[1] == 'x' ? "0123456789abcdefABCDEF"
				 : p[1] == 'o' ? "01234567" : "01";

		p += 2;
		return digits(&p, end, of) && p == end;
	}
	p += p < end && strchr("+-", *p);
	from = p;
	if (!digits(&p, end, dec) || (*from == '0' && p > from + 1))
		return false;
	if (p < end && *p == '.') {
		p++;
		if (!digits(&p, end, dec))
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < end && strchr("+-", *p);
		if (!digits(&p, end, dec))
			return false;
	}
	return p == end;
}

static bool is_word_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c && strchr("+-_.:", c));
}

static int constant(struct scan *s, struct value *v, const char *word,
		    size_t len)
{
	static const char *const words[][2] = {
		{ "true", "true" },
		{ "false", "false" },
		{ "inf", ".inf" },
		{ "+inf", ".inf" },
		{ "-inf", "-.inf" },
		{ "nan", ".nan" },
		{ "+nan", ".nan" },
		{ "-nan", ".nan" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i][0]) == len &&
		    memcmp(words[i][0], word, len) == 0)
			return scan_text(s, v, words[i][1],
					 strlen(words[i][1]), false);
	return scan_expected(s, "a value");
}

int toml_word(struct scan *s, struct value *v)
{
	const char *from = s->p, *p = s->p;
	size_t len;
	int r;

	*v = scan_value(s, VALUE_SCALAR);
	while (p < s->end && is_word_char(*p))
		p++;
	/* A date and a time may have a blank between them. */
	if (p - from == 10 && s->end - p > 2 && *p == ' ' && is_digit(p[1]) &&
	    from[4] == '-')
		for (p++; p < s->end && is_word_char(*p); p++)
			;
	len = (size_t)(p - from);
	if (is_date(from, p))
		r = scan_text(s, v, from, len, true);
	else if (is_number(from, p))
		r = scan_number(s, v, from, len);
	else
		r = constant(s, v, from, len);
	s->p = r < 0 ? from : p;
	return r;
}
