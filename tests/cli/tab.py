"""What a shell makes of a line when Tab is pressed at its end, then Enter.

tab.py SHELL LINE: on a terminal of its own a real bash, zsh or fish reads the
line; dver is a function there that prints the words it was given.  Prints
them, each in brackets.
"""
import os
import pty
import re
import select
import shutil
import sys
import time

SHELL, LINE = sys.argv[1:]
ARGV = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}[SHELL]
SETUP = {
    "bash": ["source <(command dver completion bash)",
             "dver() { printf '<[%s]>' \"$@\"; echo '<end>'; }"],
    "zsh": ["autoload -Uz compinit && compinit -u -D",
            "source <(command dver completion zsh)",
            "dver() { printf '<[%s]>' \"$@\"; echo '<end>'; }"],
    "fish": ["command dver completion fish | source",
             "function dver; printf '<[%s]>' $argv; echo '<end>'; end"],
}[SHELL]


def read(fd, until, limit):
    """What comes until the pattern was seen."""
    text = ""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if not select.select([fd], [], [], 0.2)[0]:
            continue
        try:
            text += os.read(fd, 65536).decode("utf-8", "replace")
        except OSError:
            break
        if re.search(until, text):
            return text
    sys.exit("no '%s' in: %r" % (until, text))


def main():
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", PS1="$ ", HISTFILE="/dev/null")
        os.execvp(shutil.which(ARGV[0]), ARGV)
    for i, line in enumerate(SETUP):
        os.write(fd, (line + "; echo rea''dy%d\r" % i).encode())
        read(fd, "ready%d" % i, 60)
    # The shell takes the Enter when it is done with the Tab.
    os.write(fd, (LINE + "\t\r").encode())
    text = read(fd, "<end>", 60)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r|\x1b[()=>].?", "", text)
    words = re.findall(r"<\[(.*?)\]>", text[text.index("<["):], re.S)
    print(" ".join("[%s]" % w for w in words))
    os.close(fd)
    os.waitpid(pid, 0)


main()
