#!/usr/bin/python3
"""type.py QUESTION ANSWER COMMAND...: run it at a terminal of its own, type
the answer when the question is there, and end as it does."""
import os
import pty
import sys

question, answer, command = sys.argv[1], sys.argv[2], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
said = b""
asked = 0
while True:
    try:
        more = os.read(terminal, 1000)
    except OSError:
        break
    if not more:
        break
    said += more
    if said.count(question.encode()) > asked:
        asked += 1
        os.write(terminal, answer.encode() + b"\n")
sys.stdout.buffer.write(said)
sys.stdout.flush()
if asked == 0:
    sys.exit("it never asked: " + question)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
