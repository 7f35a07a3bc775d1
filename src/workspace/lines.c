#include "workspace/lines.h"

#include <string.h>

#include "base/hash.h"
#include "base/rand.h"

#define SUM "sum "
#define SUM_LINE (4 + 2 * HASH_SIZE + 1)

void lines_put(struct buf *out, const char *value)
{
	const unsigned char *p = (const unsigned char *)value;

	for (; *p; p++) {
		if (*p < 0x20 || *p == 0x7f || *p == '\\')
			buf_addf(out, "\\%03o", *p);
		else
			buf_addc(out, *p);
	}
	buf_addc(out, '\n');
}

static bool is_octal(const char *p, size_t len)
{
	return len >= 4 && p[0] == '\\' && p[1] >= '0' && p[1] <= '3' &&
	       p[2] >= '0' && p[2] <= '7' && p[3] >= '0' && p[3] <= '7';
}

bool lines_get(struct buf *out, const char *p, size_t len)
{
	buf_clear(out);
	while (len > 0) {
		size_t used = 1;

		if (*p != '\\') {
			buf_addc(out, *p);
		} else if (is_octal(p, len)) {
			buf_addc(out, (p[1] - '0') * 64 + (p[2] - '0') * 8 +
				 (p[3] - '0'));
			used = 4;
		} else {
			return false;
		}
		p += used;
		len -= used;
	}
	return buf_ok(out) && out->len > 0 && strlen(out->data) == out->len;
}

const char *lines_number(const char *p, const char *end, uint64_t *v)
{
	*v = 0;
	if (p == end || *p < '0' || *p > '9')
		return NULL;
	while (p < end && *p >= '0' && *p <= '9') {
		if (*v > UINT64_MAX / 10 - 1)
			return NULL;
		*v = *v * 10 + (uint64_t)(*p++ - '0');
	}
	return p < end && *p == ' ' ? p + 1 : NULL;
}

int lines_seal(struct buf *text, struct dver_err *err)
{
	char hex[2 * HASH_SIZE + 1];
	uint8_t sum[HASH_SIZE];
	int r = hash_bytes(sum, text->data, text->len, err);

	hex_encode(hex, sum, sizeof(sum));
	buf_addf(text, SUM "%s\n", hex);
	return r < 0 ? r : buf_check(text, err);
}

bool lines_open(const char *head, const char *data, size_t len,
		const char **from, const char **to)
{
	size_t head_len = strlen(head);
	char hex[2 * HASH_SIZE + 1];
	uint8_t sum[HASH_SIZE];

	if (len < head_len + SUM_LINE || data[len - 1] != '\n' ||
	    memcmp(data, head, head_len) != 0 ||
	    memcmp(data + len - SUM_LINE, SUM, 4) != 0 ||
	    hash_bytes(sum, data, len - SUM_LINE, NULL) < 0)
		return false;
	hex_encode(hex, sum, sizeof(sum));
	*from = data + head_len;
	*to = data + len - SUM_LINE;
	return memcmp(*to + 4, hex, 2 * HASH_SIZE) == 0;
}
