#!/usr/bin/env python3
"""A proxy that does to requests what real servers and networks rarely do when
one looks.

	faultproxy.py [--tcp] PORT UPSTREAM-HOST:PORT

A rule is a line "METHODS PATTERN WHAT...": methods joined by commas or *, a
regular expression that is looked for in path and query, and words:

	skip=N count=N p=0.1 seed=S	let N go by; then at most N; by chance
	status=503 retry_after=1	do not ask the server, answer this
	code=SlowDown			with this <Code> in the XML body
	late=500			the server does it, clients hear this
	drop=before			reset at the head of the request
	drop=upload:N			reset after N bytes of its body
	drop=after			the server does it; reset, no answer
	drop=body:N			reset after N bytes of the answer's body
	trunc=N				the same, but the connection is closed
	short=N				the body ends after N bytes, and the
					header says so too
	flip=N flip_up=N		one bit of byte N of the answer's body,
					of the request's
	delay=SECONDS			before the request is passed on
	stall=head stall=body:N		nothing more comes
	rate=N				bytes a second, both ways
	dup=1				the server gets the request twice
	date=SECONDS			added to the server's Date
	kill=FILE late_kill=FILE	SIGKILL to the process whose number is
					in FILE, before the server hears of the
					request; after it did it

The first rule that fits is taken.  With --tcp bytes are passed on as they are,
a connection is what a request is else (method TCP).  PORT + 1 is for control:

	PUT /rules	one rule a line, instead of those there were
	GET /log	a line a request: method, path and query, status,
			bytes of the body up and down, rule
	GET /counts	JSON: requests, methods, bytes, faults, most at once
	DELETE /log	forget both
"""
import asyncio
import json
import os
import random
import re
import signal
import socket
import struct
import sys
from email.utils import formatdate, parsedate_to_datetime

BLOCK = 65536
NO_BODY = (204, 304)


class Reset(Exception):
    """The client gets a RST."""


class Closed(Exception):
    """The client's connection is closed."""


class Rule:
    def __init__(self, line):
        methods, pattern, *words = line.split()
        self.text = " ".join(words)
        self.methods = methods.split(",")
        self.pattern = re.compile("" if pattern == "*" else pattern)
        self.what = dict(word.split("=", 1) for word in words)
        self.skip = int(self.what.pop("skip", 0))
        self.left = int(self.what.pop("count", 1 << 60))
        self.chance = float(self.what.pop("p", 1))
        self.random = random.Random(int(self.what.pop("seed", 1)))

    def takes(self, method, target):
        if "*" not in self.methods and method not in self.methods:
            return False
        if not self.left or not self.pattern.search(target):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.chance < 1 and self.random.random() >= self.chance:
            return False
        self.left -= 1
        return True


class State:
    def __init__(self):
        self.rules = []
        self.forget()
        self.now = 0

    def forget(self):
        self.log = []
        self.most = 0

    def begin(self, method, target):
        """An entry of the log, and what is to be done."""
        rule = next((r for r in self.rules if r.takes(method, target)), None)
        entry = [method, target, 0, 0, 0, rule.text if rule else ""]
        self.log.append(entry)
        self.now += 1
        self.most = max(self.most, self.now)
        return entry, rule.what if rule else {}

    def end(self):
        self.now -= 1

    def counts(self):
        methods = {}
        for entry in self.log:
            methods[entry[0]] = methods.get(entry[0], 0) + 1
        return {"requests": len(self.log), "methods": methods,
                "up": sum(e[3] for e in self.log),
                "down": sum(e[4] for e in self.log),
                "faults": sum(1 for e in self.log if e[5]),
                "most": self.most}


class Head:
    """A first line and headers, as they came."""

    def __init__(self, raw):
        lines = raw.decode("latin-1").split("\r\n")
        self.first = lines[0].split(" ", 2)
        self.headers = [tuple(line.split(":", 1)) for line in lines[1:]
                        if ":" in line]

    def get(self, name):
        for key, value in self.headers:
            if key.lower() == name:
                return value.strip()
        return None

    def drop(self, *names):
        self.headers = [h for h in self.headers if h[0].lower() not in names]

    def put(self, name, value):
        self.drop(name.lower())
        self.headers.append((name, " %s" % value))

    def raw(self):
        lines = [" ".join(self.first)]
        lines += ["%s:%s" % h for h in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def chunked(self):
        return "chunked" in (self.get("transfer-encoding") or "").lower()

    def length(self):
        n = self.get("content-length")
        return None if n is None else int(n)


async def read_head(reader):
    try:
        return Head((await reader.readuntil(b"\r\n\r\n"))[:-4])
    except asyncio.IncompleteReadError as e:
        if e.partial:
            raise Closed()
        return None


async def body_of(reader, head, to_end):
    """The pieces of a body without their framing."""
    while head.chunked():
        size = int((await reader.readline()).split(b";")[0], 16)
        if size == 0:
            while (await reader.readline()).strip():
                pass
            return
        while size:
            piece = await reader.read(min(size, BLOCK))
            if not piece:
                raise Closed()
            size -= len(piece)
            yield piece
        await reader.readline()
    n = head.length()
    if n is None and not to_end:
        return
    while n is None or n > 0:
        piece = await reader.read(BLOCK if n is None else min(n, BLOCK))
        if not piece:
            if n is None:
                return
            raise Closed()
        if n is not None:
            n -= len(piece)
        yield piece


class Sender:
    """Writes a body: framed, counted, slowed down, one bit flipped."""

    def __init__(self, writer, chunked, what, flip):
        self.writer = writer
        self.chunked = chunked
        self.rate = int(what.get("rate", 0))
        self.flip = int(flip) if flip is not None else None
        self.sent = 0

    async def send(self, piece):
        if self.flip is not None and \
                self.sent <= self.flip < self.sent + len(piece):
            at = self.flip - self.sent
            piece = piece[:at] + bytes([piece[at] ^ 1]) + piece[at + 1:]
        step = max(1, self.rate // 20) if self.rate else len(piece)
        for i in range(0, len(piece), step or 1):
            part = piece[i:i + step]
            self.writer.write(b"%x\r\n%s\r\n" % (len(part), part)
                              if self.chunked else part)
            await self.writer.drain()
            if self.rate:
                await asyncio.sleep(len(part) / self.rate)
        self.sent += len(piece)

    async def finish(self):
        if self.chunked:
            self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()


def number_in(word, kind):
    """N of "kind:N", or None."""
    return int(word[len(kind) + 1:]) if word.startswith(kind + ":") else None


def send_signal(path):
    with open(path) as f:
        os.kill(int(f.read()), signal.SIGKILL)


class Exchange:
    """One request and its answer."""

    def __init__(self, proxy, head, entry, what):
        self.proxy = proxy
        self.head = head
        self.entry = entry
        self.what = what
        self.drop = what.get("drop", "")
        self.stall = what.get("stall", "")

    async def upload(self, pieces, upstream):
        limit = number_in(self.drop, "upload")
        out = Sender(upstream, self.head.chunked(), self.what,
                     self.what.get("flip_up"))
        try:
            async for piece in pieces:
                if limit is not None and self.entry[3] + len(piece) > limit:
                    await out.send(piece[:limit - self.entry[3]])
                    raise Reset()
                self.entry[3] += len(piece)
                await out.send(piece)
            await out.finish()
        except (ConnectionError, BrokenPipeError):
            pass        # it said no before it had all: hear what it says
        if limit is not None:
            raise Reset()

    def local_answer(self):
        text = "<?xml version=\"1.0\"?><Error><Code>%s</Code></Error>" % \
            self.what.get("code", "InjectedFault")
        status = self.what.get("status") or self.what["late"]
        head = Head(b"HTTP/1.1 " + status.encode() + b" Injected")
        head.put("Content-Length", len(text))
        head.put("Content-Type", "application/xml")
        head.put("Date", formatdate(usegmt=True))
        if "retry_after" in self.what:
            head.put("Retry-After", self.what["retry_after"])
        return head, text.encode()

    async def answer(self, head, pieces, client):
        """Pass an answer on, spoilt as the rule says."""
        status = int(head.first[1])
        self.entry[2] = status
        bodiless = self.head.first[0] == "HEAD" or status in NO_BODY
        head.drop("connection", "keep-alive")
        if "date" in self.what and head.get("date"):
            then = parsedate_to_datetime(head.get("date")).timestamp()
            head.put("Date", formatdate(then + int(self.what["date"]),
                                        usegmt=True))
        end = int(self.what.get("short", -1))
        if "short" in self.what and not bodiless:
            end = min(end, head.length() or 0)
            head.put("Content-Length", end)
        closes = not bodiless and not head.chunked() and head.length() is None
        if closes:
            head.put("Connection", "close")
        client.write(head.raw())
        if not bodiless:
            await self.answer_body(head, pieces, client, end)
        await client.drain()
        if closes:
            raise Closed()

    async def answer_body(self, head, pieces, client, end):
        cut, stop = number_in(self.drop, "body"), self.what.get("trunc")
        hold = number_in(self.stall, "body")
        limit = next((int(n) for n in (cut, stop, hold) if n is not None),
                     None)
        out = Sender(client, head.chunked(), self.what, self.what.get("flip"))
        async for piece in pieces:
            if end >= 0:
                piece = piece[:max(0, end - self.entry[4])]
            if limit is not None and self.entry[4] + len(piece) > limit:
                await out.send(piece[:limit - self.entry[4]])
                self.entry[4] = limit
                await self.give_up(cut, hold)
            self.entry[4] += len(piece)
            await out.send(piece)
        if limit is not None:
            await self.give_up(cut, hold)
        await out.finish()

    async def give_up(self, cut, hold):
        if hold is not None:
            await asyncio.sleep(3600)
        if cut is not None:
            await asyncio.sleep(0.05)     # what was sent shall arrive
            raise Reset()
        raise Closed()

    async def run(self, reader, client):
        what = self.what
        if "kill" in what:
            send_signal(what["kill"])
            raise Reset()
        if self.drop == "before":
            raise Reset()
        if "delay" in what:
            await asyncio.sleep(float(what["delay"]))
        if self.stall == "head":
            await asyncio.sleep(3600)
        if (self.head.get("expect") or "").lower() == "100-continue":
            client.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.head.drop("expect")
        pieces = body_of(reader, self.head, False)
        if "status" in what:
            async for piece in pieces:
                self.entry[3] += len(piece)
            await self.send_local(client)
            return
        if "dup" in what:
            whole = [piece async for piece in pieces]
            await self.ask(replay(whole), None)
            self.entry[3] = 0
            pieces = replay(whole)
        await self.ask(pieces, client)

    async def send_local(self, client):
        head, text = self.local_answer()
        await self.answer(head, replay([text]), client)

    async def ask(self, pieces, client):
        """The server's part; without a client its answer is thrown away."""
        upstream_in, upstream = await self.proxy.connect()
        try:
            self.head.put("Connection", "close")
            upstream.write(self.head.raw())
            await self.upload(pieces, upstream)
            head = await read_head(upstream_in)
            while head and head.first[1].startswith("1"):
                head = await read_head(upstream_in)
            if not head:
                raise Reset()
            bodiless = (self.head.first[0] == "HEAD" or
                        int(head.first[1]) in NO_BODY)
            back = body_of(upstream_in, head, not bodiless)
            if client and not self.is_withheld():
                await self.answer(head, back, client)
                return
            if not bodiless:
                async for _ in back:
                    pass
        finally:
            upstream.transport.abort()
        if client:
            await self.withhold(client)

    def is_withheld(self):
        return (self.drop == "after" or "late" in self.what or
                "late_kill" in self.what)

    async def withhold(self, client):
        if "late_kill" in self.what:
            send_signal(self.what["late_kill"])
        if "late" not in self.what:
            raise Reset()
        await self.send_local(client)


async def replay(pieces):
    for piece in pieces:
        yield piece


class Proxy:
    def __init__(self, host, port):
        self.upstream = (host, port)
        self.state = State()

    async def connect(self):
        return await asyncio.open_connection(*self.upstream,
                                             limit=1 << 20)

    async def control(self, reader, client):
        head = await read_head(reader)
        body = b"".join([p async for p in body_of(reader, head, False)])
        call = (head.first[0], head.first[1])
        text, status = "", 200
        if call == ("PUT", "/rules"):
            try:
                self.state.rules = [Rule(line) for line in
                                    body.decode().splitlines()
                                    if line.strip()]
            except (ValueError, re.error) as e:
                text, status = "%s\n" % e, 400
        elif call == ("GET", "/log"):
            text = "".join("\t".join(map(str, entry)) + "\n"
                           for entry in self.state.log)
        elif call == ("GET", "/counts"):
            text = json.dumps(self.state.counts()) + "\n"
        elif call == ("DELETE", "/log"):
            self.state.forget()
        else:
            text, status = "no such call\n", 404
        client.write(b"HTTP/1.1 %d -\r\nConnection: close\r\n"
                     b"Content-Length: %d\r\n\r\n" %
                     (status, len(text.encode())) + text.encode())
        await client.drain()
        raise Closed()

    async def serve_http(self, reader, client):
        while True:
            head = await read_head(reader)
            if not head:
                raise Closed()
            entry, what = self.state.begin(head.first[0], head.first[1])
            try:
                await Exchange(self, head, entry, what).run(reader, client)
            finally:
                self.state.end()

    async def serve_tcp(self, reader, client):
        entry, what = self.state.begin("TCP", "")
        drop, stall = what.get("drop", ""), what.get("stall", "")
        try:
            if drop == "before":
                raise Reset()
            await asyncio.sleep(float(what.get("delay", 0)))
            if stall == "head":
                await asyncio.sleep(3600)
            up_in, up = await self.connect()
            try:
                await first_of(
                    pump(reader, up, entry, 3, what,
                         number_in(drop, "upload"), None),
                    pump(up_in, client, entry, 4, what,
                         number_in(drop, "body"), number_in(stall, "body")))
            finally:
                up.transport.abort()
            raise Closed()
        finally:
            self.state.end()

    def handler(self, serve):
        async def handle(reader, client):
            sock = client.get_extra_info("socket")
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                await serve(reader, client)
            except Closed:
                pass
            except (Reset, ConnectionError, OSError, ValueError,
                    asyncio.IncompleteReadError):
                # Closed with this, a socket sends a RST.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
                client.transport.abort()
                return
            client.close()
        return handle


async def pump(reader, writer, entry, place, what, limit, hold):
    rate = int(what.get("rate", 0))
    while True:
        piece = await reader.read(max(1, rate // 20) if rate else BLOCK)
        if not piece:
            return
        if limit is not None and entry[place] + len(piece) > limit:
            raise Reset()
        if hold is not None and entry[place] + len(piece) > hold:
            await asyncio.sleep(3600)
        entry[place] += len(piece)
        writer.write(piece)
        await writer.drain()
        if rate:
            await asyncio.sleep(len(piece) / rate)


async def first_of(*work):
    tasks = [asyncio.ensure_future(w) for w in work]
    done, rest = await asyncio.wait(tasks,
                                    return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    for task in done:
        task.result()


async def main(tcp, port, upstream):
    host, up_port = upstream.rsplit(":", 1)
    proxy = Proxy(host, int(up_port))
    serve = proxy.serve_tcp if tcp else proxy.serve_http
    servers = [await asyncio.start_server(proxy.handler(what), "127.0.0.1",
                                          at, backlog=1024, limit=1 << 20)
               for what, at in ((serve, port), (proxy.control, port + 1))]
    print("ready", flush=True)
    await asyncio.gather(*(s.serve_forever() for s in servers))


if __name__ == "__main__":
    args = sys.argv[1:]
    is_tcp = args[:1] == ["--tcp"]
    asyncio.run(main(is_tcp, int(args[is_tcp]), args[is_tcp + 1]))
