#include "format/scalar.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"

#define BASED_MAX 2048	/* digits; what is longer keeps its base */

static bool one_of(const char *text, size_t len, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == len && memcmp(*words, text, len) == 0)
			return true;
	return false;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Past digits and underscores; *seen: was there a digit? */
static size_t digits(const char *s, size_t at, size_t len, int base,
		     bool *seen)
{
	*seen = false;
	for (; at < len && (s[at] == '_' || digit(s[at]) < base); at++)
		*seen |= s[at] != '_';
	return at;
}

static size_t sign(const char *s, size_t len)
{
	return len > 0 && (s[0] == '-' || s[0] == '+');
}

/* The base a number's text has, and where its digits begin. */
static int base_of(const char *s, size_t len, size_t *at)
{
	*at = sign(s, len);
	if (len < *at + 2 || s[*at] != '0')
		return 10;
	*at += 2;
	switch (s[*at - 1]) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	}
	*at -= 2;
	return 10;
}

static bool is_int(const char *s, size_t len)
{
	size_t at;
	int base = base_of(s, len, &at);
	bool seen;

	if (base == 10 && at < len && s[at] == '_')
		return false;
	return digits(s, at, len, base, &seen) == len && seen;
}

static bool is_exponent(const char *s, size_t at, size_t len)
{
	size_t from;

	if (at == len)
		return true;
	if (s[at] != 'e' && s[at] != 'E')
		return false;
	at++;
	at += sign(s + at, len - at);
	for (from = at; at < len && digit(s[at]) < 10; at++)
		;
	return at == len && at > from;
}

static bool is_float(const char *s, size_t len)
{
	static const char *const inf[] = { ".inf", ".Inf", ".INF", NULL };
	static const char *const nan[] = { ".nan", ".NaN", ".NAN", NULL };
	size_t at = sign(s, len);
	bool whole, part = false;

	if (one_of(s + at, len - at, inf) || one_of(s, len, nan))
		return true;
	if (at < len && s[at] == '_')
		return false;
	at = digits(s, at, len, 10, &whole);
	if (at < len && s[at] == '.')
		at = digits(s, at + 1, len, 10, &part);
	return (whole || part) && is_exponent(s, at, len);
}

enum scalar scalar_of(const char *text, size_t len)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL",
					     NULL };
	static const char *const bools[] = { "true", "True", "TRUE", "false",
					     "False", "FALSE", NULL };

	if (one_of(text, len, nulls))
		return SCALAR_NULL;
	if (one_of(text, len, bools))
		return SCALAR_BOOL;
	if (!strchr("+-.0123456789", text[0]))
		return SCALAR_STRING;
	if (is_int(text, len))
		return SCALAR_INT;
	return is_float(text, len) ? SCALAR_FLOAT : SCALAR_STRING;
}

/* Digits of another base, in limbs of nine decimal digits, low ones first. */
static void put_based(struct buf *out, const char *s, size_t len, int base)
{
	uint32_t limb[BASED_MAX / 7];	/* 10^9 > 16^7 */
	size_t n = 1;

	limb[0] = 0;
	for (size_t i = 0; i < len; i++) {
		uint64_t carry = (uint64_t)digit(s[i]);

		for (size_t k = 0; k < n; k++) {
			carry += (uint64_t)limb[k] * (unsigned)base;
			limb[k] = (uint32_t)(carry % 1000000000);
			carry /= 1000000000;
		}
		if (carry)
			limb[n++] = (uint32_t)carry;
	}
	buf_addf(out, "%u", limb[n - 1]);
	while (--n > 0)
		buf_addf(out, "%09u", limb[n - 1]);
}

static void put_digits(struct buf *out, const char *s, size_t len, int base)
{
	size_t from = 0;

	while (from + 1 < len && s[from] == '0')
		from++;
	s += from;
	len -= from;
	if (base == 10) {
		buf_add(out, s, len);
	} else if (len <= BASED_MAX) {
		put_based(out, s, len, base);
	} else {
		buf_addstr(out, base == 16 ? "0x" : base == 8 ? "0o" : "0b");
		for (size_t i = 0; i < len; i++)
			buf_addc(out, "0123456789abcdef"[digit(s[i])]);
	}
}

void scalar_put_int(struct buf *out, const char *text, size_t len)
{
	AUTO_BUF struct buf plain = BUF_BIG;
	size_t at;
	int base = base_of(text, len, &at);
	bool zero = true;

	for (; at < len; at++)
		if (text[at] != '_') {
			buf_addc(&plain, text[at]);
			zero &= text[at] == '0';
		}
	if (!buf_ok(&plain)) {
		out->failed = true;
		return;
	}
	if (text[0] == '-' && !zero)
		buf_addc(out, '-');
	put_digits(out, plain.data, plain.len, base);
}

/* An integer of another base. */
static double based_double(const char *text, size_t len)
{
	AUTO_BUF struct buf b = BUF_BIG;

	scalar_put_int(&b, text, len);
	if (strpbrk(b.data, "xob"))
		return text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
	return strtod(b.data, NULL);
}

double scalar_double(const char *text, size_t len)
{
	AUTO_BUF struct buf plain = BUF_BIG;
	char few[64];
	size_t at, n = 0;

	if (base_of(text, len, &at) != 10)
		return based_double(text, len);
	if (len >= 4 && strchr("iI", text[len - 3]) && text[len - 4] == '.')
		return text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
	if (len == 4 && strchr("nN", text[1]))
		return (double)NAN;
	/* Without memory a number is not to be another one. */
	if (len < sizeof(few)) {
		for (size_t i = 0; i < len; i++)
			if (text[i] != '_')
				few[n++] = text[i];
		few[n] = '\0';
		return strtod(few, NULL);
	}
	for (size_t i = 0; i < len; i++)
		if (text[i] != '_')
			buf_addc(&plain, text[i]);
	return buf_ok(&plain) ? strtod(plain.data, NULL) : (double)NAN;
}

/*
 * The fewest digits that read as x again: "d.ddde[+-]xx", perhaps with zeros
 * behind them.  At a power of two the numbers below lie closer than those
 * above: there the next decimal up may do where the nearest one, below, does
 * not.
 */
static void shortest(char *text, size_t size, double x)
{
	/*
	 * A decimal of DBL_DIG digits comes back from a double as it was, and
	 * so does a shorter one, with zeros.  Denormals have fewer digits.
	 */
	int exp;
	bool edge = frexp(x, &exp) <= 0.5;

	for (int n = x < DBL_MIN ? 0 : DBL_DIG - 1; n < 17; n++) {
		char *last;

		(void)snprintf(text, size, "%.*e", n, x);
		if (strtod(text, NULL) == x)
			return;
		last = strchr(text, 'e') - 1;
		if (edge && *last != '9' && *last != '.') {
			++*last;
			if (strtod(text, NULL) == x)
				return;
		}
	}
}

/*
 * The same of what people write: m / 10^k with m below 10^15, which no other
 * decimal of so few digits reads as.  Both are doubles without a loss, so that
 * their quotient is the double that the decimal reads as.
 */
static bool put_short(struct buf *out, double x)
{
	static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
				       1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
				       1e14, 1e15, 1e16, 1e17, 1e18 };
	char digits[40];
	size_t at = sizeof(digits);

	if (x < 1e-4 && x > 0)
		return false;
	for (size_t k = 0; k < ARRAY_SIZE(tens) && x * tens[k] < 1e15; k++) {
		int64_t m = llround(x * tens[k]);

		if ((double)m / tens[k] != x)
			continue;
		for (size_t i = 0; m || i <= k; i++, m /= 10) {
			if (k && i == k)
				digits[--at] = '.';
			digits[--at] = (char)('0' + m % 10);
		}
		buf_add(out, digits + at, sizeof(digits) - at);
		if (k == 0)
			buf_addstr(out, ".0");
		return true;
	}
	return false;
}

void scalar_put_float(struct buf *out, double x)
{
	char text[40], figures[24];
	size_t n = 0;
	int exp;

	if (!isfinite(x)) {
		buf_addstr(out, isnan(x) ? ".nan" : x < 0 ? "-.inf" : ".inf");
		return;
	}
	if (signbit(x))
		buf_addc(out, '-');
	if (put_short(out, fabs(x)))
		return;
	shortest(text, sizeof(text), fabs(x));
	for (const char *p = text; *p != 'e'; p++)
		if (*p != '.')
			figures[n++] = *p;
	exp = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	while (n > 1 && figures[n - 1] == '0')
		n--;
	figures[n] = '\0';
	if (exp < -4 || exp >= 16) {
		buf_addf(out, "%c%s%se%c%02d", figures[0], n > 1 ? "." : "",
			 figures + 1, exp < 0 ? '-' : '+', abs(exp));
	} else if (exp < 0) {
		buf_addf(out, "0.%.*s%s", -exp - 1, "000", figures);
	} else if (n > (size_t)exp + 1) {
		buf_addf(out, "%.*s.%s", exp + 1, figures, figures + exp + 1);
	} else {
		buf_addf(out, "%s%.*s.0", figures, exp + 1 - (int)n,
			 "000000000000000");
	}
}
