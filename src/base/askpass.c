#include "base/askpass.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"

#define PATIENCE 10	/* seconds for the other side to speak */

static int set_address(struct sockaddr_un *a, const char *path)
{
	size_t len = strlen(path);

	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (len >= sizeof(a->sun_path))
		return -1;
	memcpy(a->sun_path, path, len + 1);
	return 0;
}

int askpass_listen(const char *path, struct dver_err *err)
{
	struct sockaddr_un a;
	int fd;

	if (set_address(&a, path) < 0)
		return err_set(err, DVER_EINVAL, "'%s' is too long for a "
			       "socket: set TMPDIR to a shorter path", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	    listen(fd, 4) == 0)
		return fd;
	(void)err_sys(err, "cannot make socket '%s'", path);
	if (fd >= 0)
		(void)os_close(fd);
	return -1;
}

static bool is_ours(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	       who.uid == geteuid();
}

static bool send_text(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return shutdown(fd, SHUT_WR) == 0;
}

static bool receive_text(int fd, struct buf *out)
{
	char data[256];
	ssize_t n;

	while ((n = os_read(fd, data, sizeof(data))) > 0)
		buf_add(out, data, (size_t)n);
	explicit_bzero(data, sizeof(data));
	return n == 0 && buf_ok(out);
}

int askpass_take(int listening, struct buf *question, int *fd,
		 struct dver_err *err)
{
	struct timeval patience = { .tv_sec = PATIENCE };

	*fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	if (*fd < 0 && (errno == EAGAIN || errno == ECONNABORTED ||
			errno == EINTR))
		return 0;
	if (*fd < 0)
		return err_sys(err, "cannot take a question of ssh");
	(void)setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			 sizeof(patience));
	if (is_ours(*fd) && receive_text(*fd, question))
		return 1;
	(void)os_close(*fd);
	*fd = -1;
	return 0;
}

void askpass_answer(int fd, const char *answer)
{
	AUTO_BUF struct buf b = BUF_INIT(ASKPASS_MAX + 1);

	/* A first byte tells an empty answer from none. */
	buf_addc(&b, answer ? '+' : '-');
	if (answer)
		buf_addstr(&b, answer);
	if (buf_ok(&b))
		(void)send_text(fd, b.data, b.len);
	(void)os_close(fd);
	explicit_bzero(b.data, b.len);
}

int askpass_ask(const char *self, const char *question, struct buf *answer)
{
	AUTO_FREE char *dir = path_dir(self);
	AUTO_FREE char *path = dir ? path_join(dir, ASKPASS_SOCKET) : NULL;
	AUTO_BUF struct buf b = BUF_INIT(ASKPASS_MAX + 1);
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;

	if (fd < 0 || !path || set_address(&a, path) < 0 ||
	    connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    !send_text(fd, question, strnlen(question, ASKPASS_MAX)) ||
	    !receive_text(fd, &b) || b.data[0] != '+')
		return 1;
	buf_addstr(answer, b.data + 1);
	explicit_bzero(b.data, b.len);
	return buf_ok(answer) ? 0 : 1;
}
