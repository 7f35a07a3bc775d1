/*
 * pack - a head, frames, a footer.  The footer is what the index says of this
 * pack, so that an index that is lost can be made again.
 */
#include "store/pack.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/le.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "store/chunker.h"

#define PACK_BUFFER (1u << 20)
#define FOOTER_MAX (1u << 27)	/* three million frames */

static const char magic[PACK_HEAD] = { 'd', 'v', 'e', 'r', 'p', 'c', 'k',
				       '1' };

struct pack_out {
	char *path;		/* owned; the file while it is not finished */
	int fd;
	enum fact_place place;
	uint8_t name[RAND_NAME];
	struct fact *facts;	/* owned */
	size_t n;
	size_t cap;
	size_t size;		/* of the file, with what is buffered */
	struct buf buffer;
};

void pack_out_discard(struct pack_out *p)
{
	if (!p)
		return;
	if (p->fd >= 0) {
		(void)os_unlink(p->path);
		(void)os_close(p->fd);
	}
	buf_release(&p->buffer);
	free(p->facts);
	free(p->path);
	free(p);
}

static inline void pack_out_discardp(struct pack_out **p)
{
	pack_out_discard(*p);
}
#define AUTO_PACK_OUT __attribute__((cleanup(pack_out_discardp)))

static int drain(struct pack_out *p, struct dver_err *err)
{
	int r = buf_check(&p->buffer, err);

	if (r < 0)
		return r;
	if (os_write_all(p->fd, p->buffer.data, p->buffer.len) < 0)
		return err_sys(err, "cannot write '%s'", p->path);
	buf_clear(&p->buffer);
	return 0;
}

static int append(struct pack_out *p, const void *data, size_t len,
		  struct dver_err *err)
{
	buf_add(&p->buffer, data, len);
	p->size += len;
	if (p->buffer.len < PACK_BUFFER && buf_ok(&p->buffer))
		return 0;
	return drain(p, err);
}

int pack_out_open(struct pack_out **out, const char *dir,
		  enum fact_place place, struct dver_err *err)
{
	AUTO_PACK_OUT struct pack_out *p = NULL;
	struct pack_out *made = calloc(1, sizeof(*made));
	char hex[RAND_NAME_HEX];
	int r;

	if (!made)
		return err_nomem(err);
	made->fd = -1;
	made->place = place;
	buf_init(&made->buffer, SIZE_MAX / 4);
	p = made;
	r = rand_bytes(p->name, sizeof(p->name), err);
	if (r < 0)
		return r;
	hex_encode(hex, p->name, sizeof(p->name));
	p->path = path_join(dir, hex);
	if (!p->path)
		return err_nomem(err);
	p->fd = os_open(p->path, O_WRONLY | O_CREAT | O_EXCL, 0444);
	if (p->fd < 0)
		return err_sys(err, "cannot create pack '%s'", p->path);
	r = append(p, magic, sizeof(magic), err);
	if (r < 0)
		return r;
	*out = TAKE(p);
	return 0;
}

static size_t footer_size(size_t frames)
{
	return frames * PACK_ENTRY + PACK_TRAILER;
}

bool pack_out_fits(const struct pack_out *p, size_t stored)
{
	return p->size + stored + footer_size(p->n + 1) <= PACK_MAX;
}

int pack_out_add(struct pack_out *p, const struct oid *id,
		 enum fact_kind kind, uint32_t length, const void *frame,
		 size_t stored, struct dver_err *err)
{
	struct fact *f;

	if (!mem_grow(&p->facts, &p->cap, p->n + 1, sizeof(*p->facts)))
		return err_nomem(err);
	f = &p->facts[p->n++];
	*f = (struct fact){ .id = *id, .offset = p->size,
			    .stored = (uint32_t)stored, .length = length,
			    .kind = kind, .place = p->place };
	memcpy(f->pack, p->name, sizeof(f->pack));
	return append(p, frame, stored, err);
}

static int put_footer(struct pack_out *p, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	uint8_t sum[HASH_SIZE];
	int r;

	for (size_t i = 0; i < p->n; i++) {
		const struct fact *f = &p->facts[i];

		buf_add(&b, f->id.id, sizeof(f->id.id));
		buf_add_le32(&b, (uint32_t)f->offset);
		buf_add_le32(&b, f->stored);
		buf_add_le32(&b, f->length | (uint32_t)f->kind << 24);
	}
	buf_add_le32(&b, (uint32_t)p->n);
	buf_add_le32(&b, 0);
	r = buf_check(&b, err);
	if (r == 0)
		r = hash_bytes(sum, b.data, b.len, err);
	if (r < 0)
		return r;
	buf_add(&b, sum, sizeof(sum));
	buf_add(&b, magic, sizeof(magic));
	r = buf_check(&b, err);
	return r < 0 ? r : append(p, b.data, b.len, err);
}

int pack_out_finish(struct pack_out **out, struct fact **facts,
		    size_t *nfacts, char **path, struct dver_err *err)
{
	AUTO_PACK_OUT struct pack_out *p = TAKE(*out);
	int r = put_footer(p, err);

	if (r == 0)
		r = drain(p, err);
	if (r < 0)
		return r;
	if (os_close(p->fd) < 0) {
		r = err_sys(err, "cannot write '%s'", p->path);
		(void)os_unlink(p->path);
		p->fd = -1;
		return r;
	}
	p->fd = -1;
	for (size_t i = 0; i < p->n; i++)
		p->facts[i].pack_size = (uint32_t)p->size;
	*nfacts = p->n;
	*facts = TAKE(p->facts);
	*path = TAKE(p->path);
	return 0;
}

static int malformed(const char *what, struct dver_err *err)
{
	return err_set(err, DVER_ECORRUPT, "damaged pack: %s", what);
}

int pack_footer_length(uint64_t *len, const uint8_t trailer[PACK_TRAILER],
		       uint64_t pack_size, struct dver_err *err)
{
	uint64_t want = footer_size(le32_get(trailer));

	if (memcmp(trailer + PACK_TRAILER - sizeof(magic), magic,
		   sizeof(magic)) != 0)
		return malformed("it does not end in 'dverpck1'", err);
	if (want > FOOTER_MAX || pack_size < PACK_HEAD ||
	    want > pack_size - PACK_HEAD)
		return malformed("its footer is longer than itself", err);
	*len = want;
	return 0;
}

static int footer_entry(struct fact *f, const uint8_t *p, uint64_t frames_end,
			struct dver_err *err)
{
	uint32_t word = le32_get(p + 40);
	unsigned kind = word >> 24;

	memcpy(f->id.id, p, sizeof(f->id.id));
	f->offset = le32_get(p + 32);
	f->stored = le32_get(p + 36);
	f->length = word & 0xffffff;
	if (kind < FACT_CHUNK || kind > FACT_RECIPE)
		return malformed("a frame of unknown kind", err);
	f->kind = (enum fact_kind)kind;
	if (f->offset < PACK_HEAD || f->stored == 0 ||
	    f->length > CHUNK_MAX || f->offset + f->stored > frames_end)
		return malformed("a frame that lies outside it", err);
	return 0;
}

int pack_footer_parse(struct fact **facts, size_t *n, size_t *cap,
		      const uint8_t pack[RAND_NAME], enum fact_place place,
		      uint64_t pack_size, const void *footer, size_t len,
		      struct dver_err *err)
{
	const uint8_t *p = footer;
	uint8_t sum[HASH_SIZE];
	uint64_t want;
	size_t count;
	int r;

	if (len < PACK_TRAILER || pack_size > UINT32_MAX)
		return malformed("it has no footer", err);
	r = pack_footer_length(&want, p + len - PACK_TRAILER, pack_size, err);
	if (r == 0 && want != len)
		r = malformed("its footer is cut off", err);
	if (r == 0)
		r = hash_bytes(sum, p, len - HASH_SIZE - sizeof(magic), err);
	if (r < 0)
		return r;
	if (memcmp(sum, p + len - HASH_SIZE - sizeof(magic),
		   sizeof(sum)) != 0)
		return malformed("its footer does not match its checksum",
				 err);
	count = (len - PACK_TRAILER) / PACK_ENTRY;
	if (!mem_grow(facts, cap, *n + count, sizeof(**facts)))
		return err_nomem(err);
	for (size_t i = 0; i < count; i++, p += PACK_ENTRY) {
		struct fact f = { .place = place,
				  .pack_size = (uint32_t)pack_size };

		r = footer_entry(&f, p, pack_size - len, err);
		if (r < 0)
			return r;
		memcpy(f.pack, pack, sizeof(f.pack));
		(*facts)[(*n)++] = f;
	}
	return 0;
}
