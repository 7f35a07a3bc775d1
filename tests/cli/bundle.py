#!/usr/bin/env python3
"""A bundle of runs as a remote keeps it: bundle.py OUT KEY=FILE..."""
import hashlib
import struct
import sys

entries = b""
texts = b""
for word in sys.argv[2:]:
    key, path = word.split("=", 1)
    with open(path, "rb") as f:
        text = f.read()
    entries += bytes.fromhex(key) + hashlib.sha256(text).digest()
    entries += struct.pack("<I", len(text))
    texts += text
out = b"dverrun1" + struct.pack("<II", len(sys.argv) - 2, 0) + entries
for i in range(0, len(texts), 1 << 20):
    frame = b"\0" + texts[i : i + (1 << 20)]
    out += struct.pack("<I", len(frame)) + frame
with open(sys.argv[1], "wb") as f:
    f.write(out + hashlib.sha256(out).digest())
