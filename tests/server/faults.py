#!/usr/bin/env python3
"""A web server that does wrong what a client must bear.

	faults.py [CERT KEY]...

It prints the port of the plain server, of a second one ("another host"), and
of one over TLS for each CERT, on a line, and ends when its standard input
does.  A path chooses what is done; the query has its arguments:

	/ok?n=N		N bytes, "0123456789..."; /old: HTTP/1.0, no length
	/chunked?n=N	the same in chunks
	/echo		the request as it came: line, headers, length and
			SHA-256 of its body
	/status/S?key=K&times=N&after=A
			status S for the first N requests of K, then 200;
			A is the Retry-After
	/trunc /trunc-chunked /short	fewer bytes than announced; then close
	/long		more bytes than announced
	/reset/before /reset/mid /reset/after	RST: head read, in the body of
			the answer, after the request's body
	/lost?key=K	the first time as /reset/after, then 200
	/stall /stall-body		nothing more comes
	/drip?n=N&every=S	a byte every S seconds (.1)
	/endless /endless-error /endless-headers	it never stops
	/big-header	one of a megabyte
	/inject		headers, a body with control characters;  /nul /no-colon
	/garbage /bad-status /no-http	what is no HTTP
	/to?s=S&u=URL	a redirect;  /loop to itself
	/no-100		takes the body without saying 100
	/slow?rate=N	reads N bytes of the body a second
	/refuse		403 without reading the body
	/close		200, and then the connection is closed unannounced,
			when the next request may be on its way
	/connections	how many there were so far
"""
import hashlib
import socket
import ssl
import struct
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

LOCK = threading.Lock()
SEEN = {}
CONNECTIONS = [0]


class Gone(Exception):
    pass


class Peer:
    def __init__(self, sock, ports):
        self.sock = sock
        self.ports = ports
        self.data = b""

    def fill(self):
        more = self.sock.recv(1 << 16)
        if not more:
            raise Gone
        self.data += more

    def head(self):
        while b"\r\n\r\n" not in self.data:
            self.fill()
            if not self.data[:1].isalpha():
                self.send(b"HTTP is spoken here\r\n")
                raise Gone
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        self.line, self.headers = lines[0], lines[1:]
        self.method, self.target, _ = self.line.split(" ")
        url = urlsplit(self.target)
        self.path = url.path
        query = parse_qs(url.query, keep_blank_values=True)
        self.query = {k: v[0] for k, v in query.items()}

    def header(self, name, otherwise=None):
        for line in self.headers:
            key, value = line.split(":", 1)
            if key.lower() == name:
                return value.strip()
        return otherwise

    def body(self, answer=True):
        """Read the request's body; its length and hash."""
        left = size = int(self.header("content-length", "0"))
        if left and answer and self.header("expect"):
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        h = hashlib.sha256()
        while left > 0:
            if not self.data:
                self.fill()
            h.update(self.data[:left])
            n = min(left, len(self.data))
            self.data = self.data[n:]
            left -= n
        return size, h.hexdigest()

    def send(self, data):
        self.sock.sendall(data)

    def start(self, status=200, length=None, more=(), version="1.1"):
        lines = ["HTTP/%s %d Of Test" % (version, status)]
        if length is not None:
            lines.append("Content-Length: %d" % length)
        lines += more
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def reply(self, status=200, data=b"", more=()):
        self.start(status, len(data), more)
        if self.method != "HEAD":
            self.send(data)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        raise Gone

    def count(self):
        with LOCK:
            key = (self.path, self.query.get("key"))
            SEEN[key] = SEEN.get(key, 0) + 1
            return SEEN[key]


def digits(n):
    return (b"0123456789" * (n // 10 + 1))[:n]


def ok(p):
    p.body()
    p.reply(data=digits(int(p.query.get("n", 10))))


def old(p):
    p.body()
    p.start(version="1.0")
    p.send(digits(int(p.query.get("n", 10))))
    raise Gone


def chunked(p):
    p.body()
    p.start(more=["Transfer-Encoding: chunked"])
    data = digits(int(p.query.get("n", 10)))
    for at in range(0, len(data), 7):
        piece = data[at:at + 7]
        p.send(b"%x\r\n%s\r\n" % (len(piece), piece))
    p.send(b"0\r\n\r\n")


def echo(p):
    size, digest = p.body()
    lines = [p.line] + p.headers + ["%d %s" % (size, digest), ""]
    p.reply(data="\n".join(lines).encode("latin-1"))


def status(p):
    p.body()
    code = int(p.path.split("/")[2])
    if p.count() > int(p.query.get("times", 1 << 30)):
        return p.reply(data=b"at last")
    more = ["Content-Type: text/plain"]
    if "after" in p.query:
        more.append("Retry-After: " + p.query["after"])
    if "date" in p.query:
        when = time.time() + float(p.query["date"])
        more.append("Retry-After: " + time.strftime(
            "%a, %d %b %Y %H:%M:%S GMT", time.gmtime(when)))
    p.reply(code, b"the server's words\n", more)


def trunc(p):
    p.body()
    p.start(length=1000)
    p.send(b"x" * 100)
    raise Gone


def short(p):
    """As trunc, but the first time only."""
    p.body()
    if p.count() > 1:
        return p.reply(data=digits(1000))
    p.start(length=1000)
    p.send(digits(300))
    raise Gone


def trunc_chunked(p):
    p.body()
    p.start(more=["Transfer-Encoding: chunked"])
    p.send(b"100\r\nxxxx")
    raise Gone


def long_(p):
    p.body()
    p.start(length=10)
    p.send(digits(30))


def reset(p):
    when = p.path.split("/")[2]
    if when == "before":
        p.reset()
    p.body()
    if when == "mid":
        p.start(length=1 << 20)
        p.send(b"x" * 1000)
        time.sleep(.1)
    p.reset()


def lost(p):
    p.body()
    if p.count() == 1:
        p.reset()
    p.reply()


def sleep_for_ever(p):
    time.sleep(3600)


def stall_body(p):
    p.body()
    p.start(length=1000)
    p.send(b"x" * 100)
    time.sleep(3600)


def drip(p):
    p.body()
    n = int(p.query.get("n", 1 << 20))
    p.start(length=n)
    for _ in range(n):
        p.send(b"x")
        time.sleep(float(p.query.get("every", .1)))


def endless(p, code=200):
    p.body()
    p.start(code)
    while True:
        p.send(b"x" * 65536)


def endless_headers(p):
    p.body()
    p.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        p.send(b"X-Header: value\r\n" * 1000)


def big_header(p):
    p.body()
    p.start(length=0, more=["X-Big: " + "x" * (1 << 20)])


def inject(p):
    p.body()
    p.reply(409, b"red \x1b[31m alert\nline\x00two \xc2\x9b end\n",
            ["Content-Type: text/plain", "X-A: one\rX-Evil: two",
             "X-Esc: \x1b[31m", "X-Folded: a", " b"])


def nul(p):
    p.body()
    p.reply(more=["X-Nul: a\0b"])


def no_colon(p):
    p.body()
    p.reply(more=["No colon here"])


def raw(text):
    def answer(p):
        p.body()
        p.send(text)
        raise Gone
    return answer


def redirect(p):
    p.body()
    url = p.query["u"].replace("OTHER", "127.0.0.1:%d" % p.ports[1])
    p.reply(int(p.query.get("s", 302)), b"moved", ["Location: " + url])


def loop(p):
    p.body()
    p.reply(302, b"round", ["Location: loop"])


def no_100(p):
    size, digest = p.body(answer=False)
    expect = p.header("expect", "no")
    p.reply(data=b"%d %s" % (size, expect.encode()))


def slow(p):
    """The sender's system takes all of it at once, and gets it off slowly."""
    left = int(p.header("content-length", "0")) - len(p.data)
    p.data = b""
    while left > 0:
        time.sleep(.1)
        n = len(p.sock.recv(int(p.query["rate"]) // 10))
        if not n:
            raise Gone
        left -= n
    p.reply(data=b"got it")


def refuse(p):
    p.reply(403, b"not you\n", ["Content-Type: text/plain",
                                "Connection: close"])
    # Let it be read before the connection goes: no RST.
    p.sock.shutdown(socket.SHUT_WR)
    try:
        p.sock.settimeout(5)
        while p.sock.recv(1 << 20):
            pass
    except OSError:
        pass
    raise Gone


def close(p):
    p.body()
    p.reply(data=b"bye")
    time.sleep(0.003)
    raise Gone


def connections(p):
    p.body()
    p.reply(data=b"%d" % CONNECTIONS[0])


PATHS = {
    "ok": ok, "old": old, "chunked": chunked, "echo": echo, "status": status,
    "trunc": trunc, "trunc-chunked": trunc_chunked, "short": short,
    "long": long_, "reset": reset, "lost": lost, "stall": sleep_for_ever,
    "stall-body": stall_body, "drip": drip, "endless": endless,
    "endless-error": lambda p: endless(p, 500),
    "endless-headers": endless_headers, "big-header": big_header,
    "inject": inject, "nul": nul, "no-colon": no_colon,
    "garbage": raw(b"\x16\x03\x01\x00\xff" * 100),
    "bad-status": raw(b"HTTP/1.1 two hundred\r\n\r\n"),
    "no-http": raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "to": redirect, "loop": loop,
    "no-100": no_100, "slow": slow, "refuse": refuse, "close": close,
    "connections": connections,
}


def serve_one(sock, context, ports):
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            sock = context.wrap_socket(sock, server_side=True)
        p = Peer(sock, ports)
        while True:
            p.head()
            handler = PATHS.get((p.path + "/").split("/")[1])
            if handler:
                handler(p)
            else:
                p.body()
                p.reply(404, b"no such fault\n")
    except (Gone, OSError, ValueError):
        pass
    finally:
        sock.close()


def serve(server, context, ports):
    while True:
        sock, _ = server.accept()
        with LOCK:
            CONNECTIONS[0] += 1
        threading.Thread(target=serve_one, args=(sock, context, ports),
                         daemon=True).start()


def main():
    contexts = [None, None]
    for cert, key in zip(sys.argv[1::2], sys.argv[2::2]):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        contexts.append(context)
    servers = [socket.create_server(("127.0.0.1", 0), backlog=512)
               for _ in contexts]
    ports = [s.getsockname()[1] for s in servers]
    # For /slow: what is not read yet stays with the sender.
    servers[1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    for server, context in zip(servers, contexts):
        threading.Thread(target=serve, args=(server, context, ports),
                         daemon=True).start()
    print(*ports, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
