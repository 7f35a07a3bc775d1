/*
 * sftp_packet - the packets of SFTP as bytes.
 *
 * Version 3, as draft-ietf-secsh-filexfer-02 has it and as all servers speak
 * it, with OpenSSH's extensions (PROTOCOL in its sources, section 4).  A
 * packet is its length, a type and a body; numbers are big-endian, strings
 * have a length before them.
 *
 * What is read comes from a server that may be anybody: a cursor never leaves
 * its bytes and remembers that it would have.  Thread-safe: touches only its
 * arguments.
 */
#ifndef NET_SFTP_PACKET_H
#define NET_SFTP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct dver_err;

#define SFTP_PACKET_MAX (256u << 10)	/* as OpenSSH: longer is nonsense */
#define SFTP_HANDLE_MAX 256
#define SFTP_PATH_MAX 4096
#define SFTP_WORDS 160			/* of a server's message */

enum sftp_type {
	SFTP_INIT = 1, SFTP_VERSION = 2, SFTP_OPEN = 3, SFTP_CLOSE = 4,
	SFTP_READ = 5, SFTP_WRITE = 6, SFTP_LSTAT = 7, SFTP_FSTAT = 8,
	SFTP_SETSTAT = 9, SFTP_FSETSTAT = 10, SFTP_OPENDIR = 11,
	SFTP_READDIR = 12, SFTP_REMOVE = 13, SFTP_MKDIR = 14, SFTP_STAT = 17,
	SFTP_RENAME = 18,
	SFTP_STATUS = 101, SFTP_HANDLE = 102, SFTP_DATA = 103,
	SFTP_NAME = 104, SFTP_ATTRS = 105,
	SFTP_EXTENDED = 200, SFTP_EXTENDED_REPLY = 201
};

/* Status codes; those from 9 on are of later versions, but are met. */
enum {
	SFTP_OK = 0, SFTP_EOF = 1, SFTP_NO_SUCH_FILE = 2,
	SFTP_PERMISSION_DENIED = 3, SFTP_FAILURE = 4, SFTP_BAD_MESSAGE = 5,
	SFTP_UNSUPPORTED = 8, SFTP_NO_SUCH_PATH = 10, SFTP_EXISTS = 11,
	SFTP_WRITE_PROTECT = 12, SFTP_NO_SPACE = 14, SFTP_QUOTA = 15
};

enum {				/* how a file is opened */
	SFTP_OPEN_READ = 1, SFTP_OPEN_WRITE = 2, SFTP_OPEN_CREATE = 8,
	SFTP_OPEN_TRUNCATE = 16, SFTP_OPEN_EXCLUSIVE = 32
};

enum {				/* which attributes are there */
	SFTP_HAS_SIZE = 1, SFTP_HAS_OWNER = 2, SFTP_HAS_MODE = 4,
	SFTP_HAS_TIMES = 8, SFTP_HAS_MORE = (int)0x80000000
};
struct sftp_attrs {
	uint32_t has;
	uint32_t mode;		/* as stat(2)'s st_mode */
	uint64_t size;
	int64_t mtime;		/* seconds; the protocol has 32 bits */
};

enum {				/* OpenSSH's extensions */
	SFTP_POSIX_RENAME = 1, SFTP_FSYNC = 2, SFTP_STATVFS = 4,
	SFTP_LIMITS = 8, SFTP_HARDLINK = 16
};

/*
 * Start a packet in an empty buf, append its fields, end it: the length is
 * filled in.  With `tail` bytes that are sent behind it.
 */
void sftp_begin(struct buf *b, enum sftp_type type, uint32_t id);
void sftp_add_u32(struct buf *b, uint32_t v);
void sftp_add_u64(struct buf *b, uint64_t v);
void sftp_add_str(struct buf *b, const char *s);
void sftp_add_bytes(struct buf *b, const void *data, size_t len);
/* Only a mode; 0: no attributes. */
void sftp_add_mode(struct buf *b, uint32_t mode);
void sftp_end(struct buf *b, size_t tail);
/* The id of a packet that is ended, once more. */
void sftp_set_id(struct buf *b, uint32_t id);

/* A cursor over bytes that came. */
struct sftp_in {
	const uint8_t *p, *end;
	bool bad;		/* something was cut off: all that follows
				   reads as 0 and empty */
};
void sftp_in_init(struct sftp_in *in, const void *data, size_t len);
uint8_t sftp_u8(struct sftp_in *in);
uint32_t sftp_u32(struct sftp_in *in);
uint64_t sftp_u64(struct sftp_in *in);
/* Borrowed bytes and their number; not NUL-terminated. */
const char *sftp_str(struct sftp_in *in, size_t *len);
void sftp_attrs(struct sftp_in *in, struct sftp_attrs *a);

/*
 * The first packet's length as a server should say it: 0, or -1 when this is
 * no SFTP (some text that its shell printed, most likely).
 */
int sftp_length(const uint8_t head[4], size_t *len);
/* The body of VERSION: 0 and what the server can do, or DVER_EREMOTE. */
int sftp_version(const void *body, size_t len, unsigned *extensions,
		 struct dver_err *err);
/*
 * The body of STATUS, behind the id: the code, and the server's words, without
 * what a terminal would act upon.  < 0: malformed.
 */
int sftp_status(const void *body, size_t len, uint32_t *code,
		char words[SFTP_WORDS]);

/* The next name of a NAME reply: 1, 0 at the end, -1 malformed. */
struct sftp_names {
	struct sftp_in in;
	uint32_t left;
};
struct sftp_name {
	const char *name;	/* borrowed, `len` bytes */
	size_t len;
	struct sftp_attrs attrs;
};
int sftp_names_init(struct sftp_names *n, const void *body, size_t len);
int sftp_names_next(struct sftp_names *n, struct sftp_name *out);

/*
 * Copy text of a server into a message: one line, no control characters,
 * "..." when it is longer.
 */
void sftp_clean(char *out, size_t size, const void *text, size_t len);

#endif
