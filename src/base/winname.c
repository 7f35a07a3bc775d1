#include "base/winname.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Devices with a number have digits 1 to 9, those of Latin-1 too. */
static const struct { const char *name; bool number; } devices[] = {
	{ "con", false }, { "prn", false }, { "aux", false },
	{ "nul", false }, { "conin$", false }, { "conout$", false },
	{ "com", true }, { "lpt", true },
};

/* A bit a byte below 128: controls and <>:"/\|?* */
static const uint64_t bad_bytes[2] = { 0xd4008404ffffffff,
				       0x1000000010000000 };

static bool is_number(const char *p, size_t len)
{
	if (len == 1)
		return *p >= '1' && *p <= '9';
	return len == 2 && p[0] == '\xc2' &&
	       (p[1] == '\xb9' || p[1] == '\xb2' || p[1] == '\xb3');
}

static bool is_device(const char *name, size_t len)
{
	const char *dot = memchr(name, '.', len);

	if (len == 0 || !strchr("acnplACNPL", name[0]))
		return false;
	if (dot)
		len = (size_t)(dot - name);
	while (len && name[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		size_t n = strlen(devices[i].name);

		if (len < n || strncasecmp(name, devices[i].name, n) != 0)
			continue;
		if (devices[i].number ? is_number(name + n, len - n)
				      : len == n)
			return true;
	}
	return false;
}

const char *winname_problem(const char *name, size_t len)
{
	bool ascii = true;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		ascii &= c < 0x80;
		if (c < 0x80 && bad_bytes[c >> 6] >> (c & 63) & 1)
			return c < 0x20 ? "has a control character"
					: "has one of <>:\"/\\|?*";
	}
	if (len && (name[len - 1] == '.' || name[len - 1] == ' '))
		return "ends in a dot or a space";
	if (is_device(name, len))
		return "is a device there";
	return ascii || utf8_valid(name, len) ? NULL : "is not UTF-8";
}
