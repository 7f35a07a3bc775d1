/*
 * sftp_packet - every length is compared with what is left before it is used;
 * a cursor that went wrong stays wrong, so that a decoder asks once, at its
 * end.
 */
#include "net/sftp_packet.h"

#include "base/err.h"
#include "base/mem.h"

#define HEAD 9		/* length, type, id */
#define NAME_MIN 12	/* two empty strings and attributes that are not */

void sftp_add_u32(struct buf *b, uint32_t v)
{
	uint8_t p[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			 (uint8_t)(v >> 8), (uint8_t)v };

	buf_add(b, p, sizeof(p));
}

void sftp_add_u64(struct buf *b, uint64_t v)
{
	sftp_add_u32(b, (uint32_t)(v >> 32));
	sftp_add_u32(b, (uint32_t)v);
}

void sftp_add_bytes(struct buf *b, const void *data, size_t len)
{
	sftp_add_u32(b, (uint32_t)len);
	buf_add(b, data, len);
}

void sftp_add_str(struct buf *b, const char *s)
{
	sftp_add_bytes(b, s, strlen(s));
}

void sftp_add_mode(struct buf *b, uint32_t mode)
{
	sftp_add_u32(b, mode ? SFTP_HAS_MODE : 0);
	if (mode)
		sftp_add_u32(b, mode);
}

void sftp_begin(struct buf *b, enum sftp_type type, uint32_t id)
{
	buf_clear(b);
	sftp_add_u32(b, 0);
	buf_addc(b, (int)type);
	sftp_add_u32(b, id);
}

static void put_u32(struct buf *b, size_t at, uint32_t v)
{
	if (b->failed || b->len < at + 4)
		return;
	for (size_t i = 0; i < 4; i++)
		b->data[at + i] = (char)(v >> (24 - 8 * i));
}

void sftp_end(struct buf *b, size_t tail)
{
	put_u32(b, 0, (uint32_t)(b->len - 4 + tail));
}

void sftp_set_id(struct buf *b, uint32_t id)
{
	put_u32(b, HEAD - 4, id);
}

void sftp_in_init(struct sftp_in *in, const void *data, size_t len)
{
	in->p = data;
	in->end = in->p + len;
	in->bad = false;
}

/* `n` bytes, or NULL. */
static const uint8_t *take(struct sftp_in *in, size_t n)
{
	const uint8_t *p = in->p;

	if (in->bad || (size_t)(in->end - in->p) < n) {
		in->bad = true;
		return NULL;
	}
	in->p += n;
	return p;
}

uint8_t sftp_u8(struct sftp_in *in)
{
	const uint8_t *p = take(in, 1);

	return p ? *p : 0;
}

static uint32_t get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

uint32_t sftp_u32(struct sftp_in *in)
{
	const uint8_t *p = take(in, 4);

	return p ? get_u32(p) : 0;
}

uint64_t sftp_u64(struct sftp_in *in)
{
	uint64_t high = sftp_u32(in);

	return high << 32 | sftp_u32(in);
}

const char *sftp_str(struct sftp_in *in, size_t *len)
{
	size_t n = sftp_u32(in);
	const uint8_t *p = take(in, n);

	*len = p ? n : 0;
	return p ? (const char *)p : "";
}

void sftp_attrs(struct sftp_in *in, struct sftp_attrs *a)
{
	size_t len;

	*a = (struct sftp_attrs){ .has = sftp_u32(in) };
	if (a->has & SFTP_HAS_SIZE)
		a->size = sftp_u64(in);
	if (a->has & SFTP_HAS_OWNER)
		(void)sftp_u64(in);
	if (a->has & SFTP_HAS_MODE)
		a->mode = sftp_u32(in);
	if (a->has & SFTP_HAS_TIMES) {
		(void)sftp_u32(in);
		a->mtime = sftp_u32(in);
	}
	if (!(a->has & (uint32_t)SFTP_HAS_MORE))
		return;
	/* Each pair takes 8 bytes at least, so this ends with the packet. */
	for (uint32_t n = sftp_u32(in); n > 0 && !in->bad; n--) {
		(void)sftp_str(in, &len);
		(void)sftp_str(in, &len);
	}
}

int sftp_length(const uint8_t head[4], size_t *len)
{
	*len = get_u32(head);
	return *len >= 5 && *len <= SFTP_PACKET_MAX ? 0 : -1;
}

static const struct extension {
	const char *name, *version;
	unsigned bit;
} known[] = {
	{ "posix-rename@openssh.com", "1", SFTP_POSIX_RENAME },
	{ "fsync@openssh.com", "1", SFTP_FSYNC },
	{ "statvfs@openssh.com", "2", SFTP_STATVFS },
	{ "limits@openssh.com", "1", SFTP_LIMITS },
	{ "hardlink@openssh.com", "1", SFTP_HARDLINK },
};

static bool same(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(s, word, len) == 0;
}

int sftp_version(const void *body, size_t len, unsigned *extensions,
		 struct dver_err *err)
{
	struct sftp_in in;
	uint32_t version;

	sftp_in_init(&in, body, len);
	version = sftp_u32(&in);
	*extensions = 0;
	if (in.bad || version != 3)
		return err_set(err, DVER_EREMOTE, "the server speaks version "
			       "%u of SFTP, and 3 is wanted",
			       (unsigned)version);
	while (in.p < in.end && !in.bad) {
		size_t nlen, vlen;
		const char *name = sftp_str(&in, &nlen);
		const char *value = sftp_str(&in, &vlen);

		for (size_t i = 0; !in.bad && i < ARRAY_SIZE(known); i++)
			if (same(name, nlen, known[i].name) &&
			    same(value, vlen, known[i].version))
				*extensions |= known[i].bit;
	}
	if (!in.bad)
		return 0;
	return err_set(err, DVER_EREMOTE, "the server's greeting is cut off");
}

/* A control character, or the second byte of one in UTF-8 (U+0080 to 9F). */
static bool is_control(const unsigned char *p, size_t i)
{
	return p[i] < ' ' || p[i] == 0x7f ||
	       (i > 0 && p[i - 1] == 0xc2 && p[i] < 0xa0);
}

void sftp_clean(char *out, size_t size, const void *text, size_t len)
{
	const unsigned char *p = text;
	size_t n = 0;

	while (len && (p[len - 1] <= ' ' || is_control(p, len - 1)))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (n + 4 >= size) {
			memcpy(out + n, "...", 4);
			return;
		}
		out[n++] = is_control(p, i) ? ' ' : (char)p[i];
	}
	out[n] = '\0';
}

int sftp_status(const void *body, size_t len, uint32_t *code,
		char words[SFTP_WORDS])
{
	struct sftp_in in;
	const char *text = "";
	size_t n = 0;

	sftp_in_init(&in, body, len);
	*code = sftp_u32(&in);
	/* Some servers leave the message out. */
	if (in.p < in.end)
		text = sftp_str(&in, &n);
	sftp_clean(words, SFTP_WORDS, text, n);
	return in.bad ? -1 : 0;
}

int sftp_names_init(struct sftp_names *n, const void *body, size_t len)
{
	sftp_in_init(&n->in, body, len);
	n->left = sftp_u32(&n->in);
	if (n->in.bad || n->left > len / NAME_MIN)
		return -1;
	return 0;
}

int sftp_names_next(struct sftp_names *n, struct sftp_name *out)
{
	size_t len;

	if (n->left == 0)
		return n->in.p == n->in.end ? 0 : -1;
	n->left--;
	out->name = sftp_str(&n->in, &out->len);
	(void)sftp_str(&n->in, &len);
	sftp_attrs(&n->in, &out->attrs);
	return n->in.bad ? -1 : 1;
}
