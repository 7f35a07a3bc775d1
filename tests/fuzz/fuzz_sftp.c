/*
 * fuzz_sftp - what an SFTP server, ssh or a URL may say; the first byte picks
 * the decoder.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/sftp_conn_internal.h"
#include "net/sftp_packet.h"
#include "net/ssh_askpass.h"
#include "net/ssh_url.h"
#include "net/ssh_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fuzz_names(const uint8_t *data, size_t len)
{
	struct sftp_names names;
	struct sftp_name n;
	int r;

	if (sftp_names_init(&names, data, len) < 0)
		return;
	while ((r = sftp_names_next(&names, &n)) > 0)
		if (n.name < (const char *)data ||
		    n.name + n.len > (const char *)data + len)
			abort();
}

static void fuzz_small(const uint8_t *data, size_t len)
{
	char words[SFTP_WORDS];
	struct sftp_attrs a;
	struct sftp_in in;
	unsigned can;
	uint32_t code;

	(void)sftp_version(data, len, &can, NULL);
	if (sftp_status(data, len, &code, words) == 0)
		for (const char *p = words; *p; p++)
			if ((unsigned char)*p < ' ' || *p == 0x7f)
				abort();
	sftp_in_init(&in, data, len);
	sftp_attrs(&in, &a);
	if (in.p > in.end)
		abort();
}

#define REQUESTS 3

/* Three requests are in flight when these bytes come. */
static void fuzz_stream(const uint8_t *data, size_t len)
{
	static const enum sftp_type want[REQUESTS] = {
		SFTP_HANDLE, SFTP_DATA, SFTP_NAME
	};
	struct sftp_slot slots[REQUESTS];
	struct sftp_req rq[REQUESTS];
	struct sftp_batch b = { .last = &b.first };
	AUTO_FREE uint8_t *in = malloc(SFTP_IN_SIZE);
	uint8_t out[16];
	struct sftp_conn c = {
		.slots = slots, .nslots = REQUESTS, .flying = REQUESTS,
		.free_slot = REQUESTS, .in = in, .end = len,
	};
	char peer[] = "fuzz";

	if (!in || len > SFTP_IN_SIZE)
		return;
	c.peer = peer;
	b.c = &c;
	memcpy(in, data, len);
	pthread_mutex_init(&c.mutex, NULL);
	pthread_cond_init(&c.idle, NULL);
	for (uint32_t i = 0; i < REQUESTS; i++) {
		sftp_req_init(&rq[i]);
		rq[i].batch = &b;
		rq[i].want = want[i];
		rq[i].out = out;
		rq[i].out_len = sizeof(out);
		slots[i] = (struct sftp_slot){ &rq[i], 1, true, false, 0 };
	}
	(void)sftp_take_packets(&c);
	if (c.start > c.end || c.end > len)
		abort();
	for (uint32_t i = 0; i < REQUESTS; i++)
		sftp_req_release(&rq[i]);
	pthread_mutex_destroy(&c.mutex);
	pthread_cond_destroy(&c.idle);
}

/* What is let through can be no option and no shell's. */
static void fuzz_url(const char *url)
{
	AUTO_SSH_URL struct ssh_url u = { 0 };

	(void)ssh_url_is_short(url);
	if (ssh_url_parse(&u, url, NULL) < 0)
		return;
	if (!*u.host || *u.host == '-' || strpbrk(u.host, " \n'\"`$;&|<>()\\"))
		abort();
	if (u.user && (!*u.user || *u.user == '-' ||
		       strpbrk(u.user, " \n'\"`$;&|<>()")))
		abort();
	if (!*u.path || *u.path == '-' || strchr(u.path, '\n'))
		abort();
}

static void fuzz_words(const char *text, size_t len)
{
	struct ssh_said s = { .len = 0 };
	char login[] = "me@host";
	char *v[] = { login, NULL };
	const struct strvec logins = { v, 1, 1 };
	struct dver_err err;

	for (size_t i = 0; i < len; i += 1000)
		ssh_said_add(&s, text + i, MIN(len - i, 1000u));
	(void)ssh_explain(&err, &s, "peer", -1, NULL);
	(void)ssh_askpass_wants(text, &logins);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	AUTO_FREE char *text = NULL;

	if (len == 0)
		return 0;
	text = str_ndup((const char *)data + 1, len - 1);
	if (!text)
		return 0;
	switch (data[0] % 5) {
	case 0:
		fuzz_names(data + 1, len - 1);
		break;
	case 1:
		fuzz_small(data + 1, len - 1);
		break;
	case 2:
		fuzz_stream(data + 1, len - 1);
		break;
	case 3:
		fuzz_url(text);
		break;
	case 4:
		fuzz_words(text, len - 1);
		break;
	}
	return 0;
}
