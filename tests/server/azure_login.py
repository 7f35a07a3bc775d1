#!/usr/bin/env python3
"""A stand-in for Microsoft Entra ID and the metadata service, for tests.

    azure_login.py FILE

serves on a free port of 127.0.0.1 and writes it to FILE: the token endpoint
of tenant `tenant` (client `client`, secret `s+cret/&`, or the assertion
`federated`) and the managed identity of this machine.  Tokens are JWTs as
Azurite takes them: it looks at what they say, not at their signature.

    /count      JSON: how often each was asked
    /set?seconds=N      how long tokens are good
"""
import base64
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

counts = {}
state = {"seconds": 3600}


def part(what):
    text = json.dumps(what).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def token():
    now = int(time.time())
    return ".".join([part({"alg": "RS256", "typ": "JWT"}),
                     part({"aud": "https://storage.azure.com",
                           "iss": "https://sts.windows.net/"
                                  "ab1f708d-50f6-404c-a006-d71b2ac7a606/",
                           "nbf": now - 60, "iat": now - 60,
                           "exp": now + 7200}),
                     "c2lnbmF0dXJl"])


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def reply(self, status, what):
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def give(self, kind):
        counts[kind] = counts.get(kind, 0) + 1
        self.reply(200, {"token_type": "Bearer", "access_token": token(),
                         "expires_in": state["seconds"]})

    def do_GET(self):
        u = urlsplit(self.path)
        query = parse_qs(u.query)
        if u.path == "/count":
            self.reply(200, counts)
        elif u.path == "/set":
            state.update((k, int(v[0])) for k, v in query.items())
            self.reply(200, state)
        elif (u.path == "/metadata/identity/oauth2/token" and
              self.headers.get("Metadata") == "true" and
              query.get("resource") == ["https://storage.azure.com/"]):
            self.give("managed")
        else:
            self.reply(400, {"error_description": "Identity not found"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        right = (self.path == "/tenant/oauth2/v2.0/token" and
                 form.get("grant_type") == "client_credentials" and
                 form.get("scope") == "https://storage.azure.com/.default" and
                 form.get("client_id") == "client")
        if right and form.get("client_secret") == "s+cret/&":
            self.give("secret")
        elif right and form.get("client_assertion") == "federated":
            self.give("federated")
        else:
            self.reply(401, {"error": "invalid_client", "error_description":
                             "AADSTS7000215: Invalid client secret"})


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + ".new", "w") as f:
    f.write("%d" % server.server_port)
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
