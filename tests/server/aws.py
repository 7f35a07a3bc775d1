#!/usr/bin/env python3
"""A stand-in for the services of AWS that hand out credentials, for tests.

    aws.py FILE [ID SECRET]

serves on a free port of 127.0.0.1 and writes it to FILE: the Security Token
Service (POST /), SSO's portal (/federation/credentials), a container's
credential endpoint (/container) and an instance's metadata service (/latest).
Signatures, tokens and forms are checked as the real ones do.  It hands out
ID SECRET (GIVENKEY givensecret), with a session token unless they are given.

SSO's tokens are renewed at /token, once for each refresh token.

    /count          JSON: how often each was asked
    /set?NAME=N     seconds: how long keys are good; status: what the next
                    answer is; no_role, no_imds: 1 or 0
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

SECRETS = {"BASEKEY": "basesecret", "GIVENKEY": "givensecret"}
state = {"seconds": 3600, "status": 0, "no_role": 0, "no_imds": 0}
counts = {}
given = sys.argv[2:4] or ["GIVENKEY", "givensecret"]
token = "" if sys.argv[2:4] else "token-%d"
issued = 0


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature_is_right(method, path, headers, body):
    """Signature Version 4, as it was written down for services but S3."""
    m = re.match(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/sts/"
                 r"aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$",
                 headers.get("Authorization", ""))
    if not m:
        return False
    key_id, day, region, names, signature = m.groups()
    when = headers["x-amz-date"]
    at = calendar.timegm(time.strptime(when, "%Y%m%dT%H%M%SZ"))
    if abs(at - time.time()) > 900 or "host" not in names.split(";"):
        return False
    u = urlsplit(path)
    query = "&".join("%s=%s" % (quote(k, safe="-_.~"), quote(v, safe="-_.~"))
                     for k, v in sorted(parse_qsl(u.query)))
    lines = "".join("%s:%s\n" % (n, " ".join(headers[n].split()))
                    for n in names.split(";"))
    canonical = "\n".join([method, u.path, query, lines, names,
                           hashlib.sha256(body).hexdigest()])
    scope = "%s/%s/sts/aws4_request" % (day, region)
    text = "\n".join(["AWS4-HMAC-SHA256", when, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRETS.get(key_id, "?")).encode()
    for part in (day, region, "sts", "aws4_request"):
        key = sign(key, part)
    return hmac.compare_digest(sign(key, text).hex(), signature)


def keys():
    global issued
    issued += 1
    end = time.time() + state["seconds"]
    return {"id": given[0], "secret": given[1],
            "token": token % issued if token else "", "end": end,
            "text": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, kind="application/json"):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def forced(self, name):
        counts[name] = counts.get(name, 0) + 1
        if not state["status"]:
            return False
        status, state["status"] = state["status"], 0
        self.answer(status, "<html>forced</html>", "text/html")
        return True

    def sts_error(self, status, code, message):
        self.answer(status, '<ErrorResponse xmlns="https://sts.amazonaws.com/'
                    'doc/2011-06-15/"><Error><Type>Sender</Type><Code>%s'
                    "</Code><Message>%s</Message></Error><RequestId>1"
                    "</RequestId></ErrorResponse>" % (code, message),
                    "text/xml")

    def sts_keys(self, action):
        k = keys()
        self.answer(200, '<%sResponse xmlns="https://sts.amazonaws.com/doc/'
                    '2011-06-15/"><%sResult><AssumedRoleUser><Arn>a</Arn>'
                    "</AssumedRoleUser><Credentials><AccessKeyId>%s"
                    "</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>"
                    "<SessionToken>%s</SessionToken><Expiration>%s"
                    "</Expiration></Credentials></%sResult></%sResponse>"
                    % (action, action, k["id"], k["secret"],
                       k["token"] or "none", k["text"], action, action),
                    "text/xml")

    def renew(self, q):
        if self.forced("renew"):
            return
        if q == {"grantType": "refresh_token", "clientId": "client",
                 "clientSecret": "client secret", "refreshToken": "again"}:
            self.answer(200, json.dumps({
                "accessToken": "sso token", "tokenType": "Bearer",
                "expiresIn": 3600, "refreshToken": "once more"}))
        else:
            self.answer(400, '{"error": "invalid_grant"}')

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/token":
            self.renew(json.loads(body))
            return
        form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        action = form.get("Action", "")
        if self.forced(action):
            return
        if form.get("Version") != "2011-06-15" or "RoleArn" not in form or \
                not re.match(r"[\w+=,.@-]{2,64}$",
                             form.get("RoleSessionName", "")):
            self.sts_error(400, "ValidationError", "form")
        elif action == "AssumeRoleWithWebIdentity":
            if form.get("WebIdentityToken") != "the+token/==":
                self.sts_error(400, "InvalidIdentityToken",
                               "Couldn't verify the token")
            else:
                self.sts_keys(action)
        elif action != "AssumeRole":
            self.sts_error(400, "InvalidAction", action)
        elif not signature_is_right("POST", self.path, self.headers, body):
            self.sts_error(403, "SignatureDoesNotMatch", "no &lt;way&gt;")
        elif form["RoleArn"].endswith("/mfa") and (
                form.get("SerialNumber"), form.get("TokenCode")) != (
                "arn:mfa", "123456"):
            self.sts_error(403, "AccessDenied",
                           "MultiFactorAuthentication failed")
        elif form["RoleArn"].endswith("/no"):
            self.sts_error(403, "AccessDenied", "not authorized to perform: "
                           "sts:AssumeRole")
        else:
            counts["external"] = form.get("ExternalId")
            counts["duration"] = form.get("DurationSeconds")
            self.sts_keys(action)

    def do_PUT(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.forced("imds-token"):
            return
        ttl = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if state["no_imds"] or self.path != "/latest/api/token" or \
                not ttl.isdigit():
            self.answer(403, "")
        else:
            self.answer(200, "imds-session", "text/plain")

    def do_GET(self):
        u = urlsplit(self.path)
        q = {k: v[0] for k, v in parse_qs(u.query).items()}
        roles = "/latest/meta-data/iam/security-credentials/"
        if u.path == "/count":
            self.answer(200, json.dumps(counts))
        elif u.path == "/set":
            state.update((k, int(v)) for k, v in q.items())
            self.answer(200, "{}")
        elif u.path == "/container":
            if self.forced("container"):
                return
            if self.headers.get("Authorization") != "container token":
                self.answer(401, '{"message": "no"}')
                return
            k = keys()
            self.answer(200, json.dumps({
                "AccessKeyId": k["id"], "SecretAccessKey": k["secret"],
                "Token": k["token"], "Expiration": k["text"]}))
        elif u.path == "/federation/credentials":
            if self.forced("sso"):
                return
            if self.headers.get("x-amz-sso_bearer_token") != "sso token":
                self.answer(401, '{"message": "Session token not found"}')
            elif q != {"account_id": "123456789012", "role_name": "a role"}:
                self.answer(403, '{"message": "No access"}')
            else:
                k = keys()
                self.answer(200, json.dumps({"roleCredentials": {
                    "accessKeyId": k["id"], "secretAccessKey": k["secret"],
                    "sessionToken": k["token"],
                    "expiration": int(k["end"] * 1000)}}))
        elif u.path.startswith(roles):
            if self.forced("imds"):
                return
            if self.headers.get("X-aws-ec2-metadata-token") != "imds-session":
                self.answer(401, "")
            elif state["no_role"]:
                self.answer(404, "")
            elif u.path == roles:
                self.answer(200, "my-role", "text/plain")
            elif u.path == roles + "my-role":
                k = keys()
                self.answer(200, json.dumps({
                    "Code": "Success", "AccessKeyId": k["id"],
                    "SecretAccessKey": k["secret"], "Token": k["token"],
                    "Expiration": k["text"]}))
            else:
                self.answer(404, "")
        else:
            self.answer(404, "<html>what?</html>", "text/html")


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
