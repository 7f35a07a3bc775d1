/*
 * sftp_server - OpenSSH's sftp-server without ssh, for tests: started as a
 * child that speaks SFTP.
 */
#ifndef TESTS_SFTP_SERVER_H
#define TESTS_SFTP_SERVER_H

#include "base/buf.h"
#include "base/os.h"
#include "base/proc.h"
#include "net/sftp_folder.h"

#define SERVER "/usr/lib/openssh/sftp-server"
/* What a server of 2001 has. */
#define OLD_SERVER SERVER " -P limits,fsync,statvfs,posix-rename,hardlink"

/* One that dies when it has said so many bytes. */
#define SAYS(n) \
	"exec setsid sh -c '" SERVER " | " \
	"{ stdbuf -o0 head -c " #n "; kill -9 0; }'"
/* One that ends when it has heard so many. */
#define HEARS(n) "stdbuf -o0 head -c " #n " | " SERVER

/* Programs that are started one after the other; the last one again. */
struct servers {
	const char *const *v;
	int opened;
	int tries_that_fail;
	struct cancel cancel;
	struct sftp_pace *pace;
};

static inline int open_server(void *data, struct sftp_conn **out, bool extra,
			      bool *again, struct dver_err *err)
{
	struct servers *s = data;
	const char *argv[] = { "sh", "-c", *s->v, NULL };
	struct sftp_conn_opts o = { .peer = "server", .stall = 120,
				    .login = 120, .ask_fd = -1,
				    .pace = s->pace, .cancel = &s->cancel };
	struct proc p = PROC_INIT;
	int r;

	(void)extra;
	s->opened++;
	*again = true;
	if (s->tries_that_fail-- > 0)
		return err_set(err, DVER_ENET, "not now");
	if (s->v[1])
		s->v++;
	r = proc_start(&p, argv, NULL, err);
	if (r == 0)
		r = sftp_conn_open(out, &p, &o, again, err);
	(void)proc_end(&p, 2000);
	return r;
}

static inline struct sftp_folder *folder_on(struct servers *s,
					    const char *const *commands,
					    int max)
{
	struct sftp_folder_opts o = {
		.path = "srv/store", .place = "sftp://r/store",
		.sessions = { .open = open_server, .data = s, .max = max,
			      .cancel = &s->cancel },
	};
	struct sftp_folder *f = NULL;

	*s = (struct servers){ .v = commands };
	assert_int_equal(os_mkdirs("srv", 0777), 0);
	assert_int_equal(sftp_folder_new(&f, &o, NULL), 0);
	return f;
}

static inline int put(struct sftp_folder *f, const char *name,
		      const char *text, struct dver_err *err)
{
	struct sftp_source src = { .data = text, .len = strlen(text) };

	return sftp_folder_put(f, name, &src, err);
}

/* Its bytes, which must be as many; the caller frees them. */
static inline uint8_t *get_all(struct sftp_folder *f, const char *name,
			       size_t len)
{
	uint8_t *data = malloc(len + 2);
	struct dver_err err = { 0 };
	size_t got = 0;
	int r;

	assert_non_null(data);
	r = sftp_folder_get(f, name, 0, data, len + 2, &got, &err);
	if (r < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(got, len);
	return data;
}

static inline uint8_t *pattern(size_t len)
{
	uint8_t *p = malloc(len);
	uint32_t x = 1;

	assert_non_null(p);
	for (size_t i = 0; i < len; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (uint8_t)(x >> 16);
	}
	return p;
}

#endif
