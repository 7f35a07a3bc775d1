#include "format/decimal.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 19	/* that 64 bits can hold, whatever they are */
#define EXACT 22	/* 10^22 is the last power that is a double */
#define WHOLE (1ULL << 53)	/* up to here all whole numbers are doubles */

/* What is written: digits times 10^exponent. */
struct number {
	bool minus;
	uint64_t digits;
	int exponent;
	bool many;	/* more digits, or a longer exponent, than fit here */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *take(struct number *n, const char *p, const char *end,
			unsigned *used)
{
	for (; p < end && is_digit(*p); p++) {
		/* Zeros in front are no digits. */
		*used += *used || *p != '0';
		n->digits = n->digits * 10 + (uint64_t)(*p - '0');
	}
	return p;
}

static const char *exponent(struct number *n, const char *p, const char *end)
{
	bool minus = p < end && *p == '-';
	int e = 0;

	p += p < end && (*p == '-' || *p == '+');
	if (p == end)
		return NULL;
	for (; p < end && is_digit(*p); p++) {
		n->many |= e >= 10000;
		e = e >= 10000 ? e : e * 10 + (*p - '0');
	}
	n->exponent += minus ? -e : e;
	return p;
}

static bool scan(struct number *n, const char *p, const char *end)
{
	const char *from, *point;
	unsigned used = 0;
	bool any;

	if (p < end && (*p == '-' || *p == '+'))
		n->minus = *p++ == '-';
	from = p;
	p = take(n, p, end, &used);
	any = p > from;
	if (p < end && *p == '.') {
		point = ++p;
		p = take(n, p, end, &used);
		any |= p > point;
		n->many |= p - point > 100000;
		n->exponent -= (int)(p - point);
	}
	n->many |= used > DIGITS;
	if (any && p < end && (*p == 'e' || *p == 'E'))
		p = exponent(n, p + 1, end);
	return any && p == end;
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide_uint;

static unsigned width(wide_uint x)
{
	uint64_t high = (uint64_t)(x >> 64);

	return high ? 128 - (unsigned)__builtin_clzll(high)
		    : 64 - (unsigned)__builtin_clzll((uint64_t)x);
}

/*
 * x times 2^shift, and a little more if `more`: the lowest of 64 bits stands
 * for all that is cut off, so that the only rounding is right.
 */
static double nearest(wide_uint x, bool more, int shift)
{
	unsigned n = width(x), cut = n > 64 ? n - 64 : 0;
	uint64_t top = (uint64_t)(x >> cut);

	more |= (x & (((wide_uint)1 << cut) - 1)) != 0;
	return ldexp((double)(top | more), shift + (int)cut);
}

/* Exactly, in 128 bits. */
static bool wide(double *out, const struct number *n)
{
	wide_uint x = n->digits, part;
	int e = abs(n->exponent);
	uint64_t power = 1;
	unsigned shift;

	if (e > 19 || !n->digits)
		return false;
	while (e-- > 0)
		power *= 10;
	if (n->exponent >= 0) {
		*out = nearest(x * power, false, 0);
		return true;
	}
	/* A quotient of 63 bits at least. */
	shift = 127 - width(x);
	x <<= shift;
	part = x / power;
	*out = nearest(part, part * power != x, -(int)shift);
	return true;
}
#else
static bool wide(double *out, const struct number *n)
{
	(void)out;
	(void)n;
	return false;
}
#endif

static bool quick(double *out, const struct number *n)
{
	static const double powers[] = {
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
		1e22,
	};

	if (n->many)
		return false;
	if (FLT_EVAL_METHOD != 0 || n->digits > WHOLE ||
	    n->exponent < -EXACT || n->exponent > EXACT)
		return wide(out, n);
	*out = n->exponent < 0 ? (double)n->digits / powers[-n->exponent]
			       : (double)n->digits * powers[n->exponent];
	return true;
}

bool decimal_parse(double *out, const char *text, size_t len)
{
	struct number n = { .minus = false };

	if (!scan(&n, text, text + len))
		return false;
	if (quick(out, &n))
		*out = n.minus ? -*out : *out;
	else
		*out = strtod(text, NULL);
	return true;
}
