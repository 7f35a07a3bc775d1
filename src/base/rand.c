/*
 * rand - getrandom(2), and the hex digits that names are written in.
 */
#include "base/rand.h"

#include <errno.h>
#include <sys/random.h>

#include "base/err.h"

int rand_bytes(void *out, size_t len, struct dver_err *err)
{
	uint8_t *p = out;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot get random bytes");
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int rand_name(char out[RAND_NAME_HEX], struct dver_err *err)
{
	uint8_t name[RAND_NAME];
	int r = rand_bytes(name, sizeof(name), err);

	if (r == 0)
		hex_encode(out, name, sizeof(name));
	return r;
}

void hex_encode(char *out, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * len] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int hex_decode(uint8_t *out, size_t len, const char *hex)
{
	for (size_t i = 0; i < len; i++) {
		int hi = hex_value(hex[2 * i]);
		int lo = hi < 0 ? -1 : hex_value(hex[2 * i + 1]);

		if (lo < 0)
			return -1;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}
