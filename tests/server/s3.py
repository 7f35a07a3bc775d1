#!/usr/bin/env python3
"""A stand-in for S3 servers with habits that the real ones of the tests lack.

    s3.py FILE

serves on a free port of 127.0.0.1 and writes it to FILE.  Values lie in
memory; every signature (version 4, key KEY, secret `secret`) and body hash is
checked.  /set?NAME=N changes a habit, /set alone takes all back:

    region      the bucket is in eu-west-1: 400 AuthorizationHeaderMalformed
    moved       the same, as a 301 with x-amz-bucket-region and no body
    elsewhere   the next N requests are sent to "localhost" by a 307
    clock       the server's clock is N seconds ahead of this machine's
    list        1: knows version 1 only and does not say so; 2: says so (501)
    page        keys a page of a listing
    loop        every page of a listing is the same
    md5         a PUT must have Content-MD5
    late        the next N CompleteMultipartUpload are a 200 with an error
    html        answers N and a web page
    empty       answers N without a body
    mute        answers N with an empty <Message>
    expired     the next N requests are a 400 ExpiredToken
    keep        what is there is not replaced: 412
    whole       ranges are ignored
    wrong       ranges are answered with others
    lost        the next N parts are a 400 RequestTimeout

/seen is JSON: the headers of the last request, and how many of each method
and query there were.
"""
import calendar
import hashlib
import hmac
import json
import os
import random
import re
import sys
import time
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

values, uploads, habits, seen = {}, {}, {}, {"counts": {}}
lock = Lock()


def hashed(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def habit(name, use=False):
    with lock:
        n = habits.get(name, 0)
        if use and n:
            habits[name] = n - 1
        return n


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def date_time_string(self, timestamp=None):
        now = time.time() if timestamp is None else timestamp
        return super().date_time_string(now + habit("clock"))

    def answer(self, status, body=b"", kind="application/xml", **headers):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code, message="", more="", **headers):
        self.answer(status, "<?xml version='1.0'?><Error><Code>%s</Code>"
                    "<Message>%s</Message>%s<RequestId>1</RequestId></Error>"
                    % (code, message, more), **headers)

    def signed_as(self):
        return re.match(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/"
            r"aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$",
            self.headers.get("Authorization", ""))

    def signature_is_right(self, m, body):
        day, region, names = m.group(2, 3, 4)
        u = urlsplit(self.path)
        query = "&".join(sorted(
            "%s=%s" % (quote(k, safe="-_.~"), quote(v, safe="-_.~"))
            for k, v in parse_qsl(u.query, keep_blank_values=True)))
        lines = "".join("%s:%s\n" % (n, " ".join(self.headers[n].split()))
                        for n in names.split(";"))
        payload = self.headers["x-amz-content-sha256"]
        canonical = "\n".join([self.command, u.path, query, lines, names,
                               payload])
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"],
                          "%s/%s/s3/aws4_request" % (day, region),
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = b"AWS4secret"
        for part in (day, region, "s3", "aws4_request"):
            key = hashed(key, part)
        return hmac.compare_digest(hashed(key, text).hex(), m.group(5)) and \
            payload in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest())

    def refused(self, body):
        """Answered already, in one of the ways that have nothing to do with
        what was asked for."""
        if habit("html"):
            self.answer(habit("html"), "\n<!DOCTYPE html><html><body>Sorry"
                        "</body></html>", "text/html")
        elif habit("empty"):
            self.answer(habit("empty"), "", None)
        elif habit("mute"):
            self.error(habit("mute"), "AccessDenied")
        elif habit("elsewhere", True):
            u = urlsplit(self.path)
            port = self.server.server_port
            self.error(307, "TemporaryRedirect",
                       Location="http://localhost:%d%s" % (port, u.path))
        elif not self.signed_as():
            self.error(403, "AccessDenied", "no signature")
        else:
            return self.badly_signed(self.signed_as(), body)
        return True

    def badly_signed(self, m, body):
        when = calendar.timegm(time.strptime(self.headers["x-amz-date"],
                                             "%Y%m%dT%H%M%SZ"))
        if abs(when - time.time() - habit("clock")) > 900:
            self.error(403, "RequestTimeTooSkewed", "The difference between "
                       "the request time and the current time is too large.")
        elif m.group(1) != "KEY":
            self.error(403, "InvalidAccessKeyId", "no such key")
        elif habit("moved") and m.group(3) != "eu-west-1":
            self.answer(301, x_amz_bucket_region="eu-west-1")
        elif habit("region") and m.group(3) != "eu-west-1":
            self.error(400, "AuthorizationHeaderMalformed", "the region is "
                       "wrong", "<Region>eu-west-1</Region>")
        elif habit("expired", True):
            self.error(400, "ExpiredToken", "The provided token has expired.")
        elif not self.signature_is_right(m, body):
            self.error(403, "SignatureDoesNotMatch", "it does not match")
        else:
            return False
        return True

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        u = urlsplit(self.path)
        q = dict(parse_qsl(u.query, keep_blank_values=True))
        if u.path == "/set":
            if not q:
                habits.clear()
                values.clear()
                uploads.clear()
                seen["counts"].clear()
            habits.update((k, int(v)) for k, v in q.items())
            return self.answer(200)
        if u.path == "/seen":
            return self.answer(200, json.dumps(seen), "application/json")
        with lock:
            name = " ".join([self.command] + sorted(
                k for k in q if k in ("uploads", "uploadId", "list-type")))
            seen["counts"][name] = seen["counts"].get(name, 0) + 1
            seen["headers"] = {k.lower(): v for k, v in self.headers.items()}
        if self.refused(body):
            return None
        path = unquote(u.path).split("/", 2)
        if path[1] != "bucket":
            return self.error(404, "NoSuchBucket", "no bucket")
        if len(path) == 2:
            return self.uploads_of(q) if "uploads" in q else self.listing(q)
        return self.value(path[2], q, body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one

    def listing(self, q):
        v1 = "list-type" not in q or habit("list")
        if "list-type" in q and habit("list") == 2:
            return self.error(501, "NotImplemented", "no version 2")
        after = q.get("marker" if v1 else "continuation-token", "")
        keys = sorted(k for k in values if k.startswith(q["prefix"]))
        if not habit("loop"):
            keys = [k for k in keys if k > after]
        most = habit("page") or 1000
        body = "".join(
            "<Contents><Key>%s</Key><LastModified>2026-11-25T10:00:00.000Z"
            "</LastModified><Size>%d</Size></Contents>"
            % (quote(k, safe="/").replace("%20", "+"), len(values[k]))
            for k in keys[:most])
        more = len(keys) > most
        if more and not v1:
            body += ("<NextContinuationToken>%s</NextContinuationToken>"
                     % escape(keys[most - 1]))
        return self.answer(
            200, '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/'
            '2006-03-01/"><EncodingType>url</EncodingType><IsTruncated>%s'
            "</IsTruncated>%s</ListBucketResult>"
            % ("true" if more else "false", body))

    def uploads_of(self, q):
        return self.answer(200, "<ListMultipartUploadsResult>%s"
                           "</ListMultipartUploadsResult>" % "".join(
                               "<Upload><Key>%s</Key><UploadId>%s</UploadId>"
                               "<Initiated>2026-11-25T10:00:00.000Z"
                               "</Initiated></Upload>" % (u["key"], escape(i))
                               for i, u in uploads.items()
                               if u["key"].startswith(q["prefix"])))

    def value(self, key, q, body):
        if "uploads" in q or "uploadId" in q:
            return self.multipart(key, q, body)
        if self.command == "PUT":
            if habit("md5") and self.headers.get("Content-MD5") != \
                    b64encode(hashlib.md5(body).digest()).decode():
                return self.error(400, "InvalidRequest", "Content-MD5 OR "
                                  "x-amz-checksum- HTTP header is required")
            if key in values and habit("keep"):
                return self.error(412, "PreconditionFailed", "it is there")
            values[key] = body
            return self.answer(200)
        if self.command == "DELETE":
            values.pop(key, None)
            return self.answer(204, kind=None)
        if key not in values:
            return self.error(404, "NoSuchKey", "The specified key does not "
                              "exist.")
        whole = values[key]
        m = re.match(r"bytes=(\d+)-(\d+)$", self.headers.get("Range", ""))
        if not m or habit("whole"):
            return self.answer(200, whole)
        first, last = int(m.group(1)) + habit("wrong"), int(m.group(2))
        if first >= len(whole):
            return self.error(416, "InvalidRange", "not satisfiable")
        part = whole[first:last + 1]
        return self.answer(206, part, Content_Range="bytes %d-%d/%d" % (
            first, first + len(part) - 1, len(whole)))

    def multipart(self, key, q, body):
        if "uploads" in q:
            name = "%d&+" % random.getrandbits(60)
            uploads[name] = {"key": key, "parts": {}}
            return self.answer(200, "<InitiateMultipartUploadResult><UploadId>"
                               "%s</UploadId></InitiateMultipartUploadResult>"
                               % escape(name))
        upload = uploads.get(q["uploadId"])
        if not upload:
            return self.error(404, "NoSuchUpload", "it is gone")
        parts = upload["parts"]
        if self.command == "PUT":
            if habit("lost", True):
                return self.error(400, "RequestTimeout", "idle")
            parts[int(q["partNumber"])] = body
            return self.answer(200, ETag='"%s"'
                               % hashlib.md5(body).hexdigest())
        if self.command == "GET":
            return self.answer(200, "<ListPartsResult>%s</ListPartsResult>"
                               % "".join(
                                   "<Part><PartNumber>%d</PartNumber><ETag>"
                                   "&quot;%s&quot;</ETag><Size>%d</Size>"
                                   "</Part>" % (
                                       n, hashlib.md5(p).hexdigest(), len(p))
                                   for n, p in sorted(parts.items())))
        if self.command == "DELETE":
            del uploads[q["uploadId"]]
            return self.answer(204, kind=None)
        if habit("late", True):
            return self.error(200, "InternalError", "try again")
        wanted = [(int(p[0].text), p[1].text)
                  for p in ElementTree.fromstring(body)]
        if wanted != [(n, '"%s"' % hashlib.md5(p).hexdigest())
                      for n, p in sorted(parts.items())]:
            return self.error(400, "InvalidPart", "another part")
        values[key] = b"".join(p for _, p in sorted(parts.items()))
        del uploads[q["uploadId"]]
        return self.answer(200, "<CompleteMultipartUploadResult/>")


def serve():
    while True:
        try:
            return ThreadingHTTPServer(
                ("127.0.0.1", random.randint(20000, 32000)), Handler)
        except OSError:
            pass


server = serve()
server.daemon_threads = True
with open(sys.argv[1] + ".new", "w", encoding="ascii") as f:
    f.write("%d\n" % server.server_port)
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
