"""Reads the corpus: entries of a proof and the messages that are sent, in order."""

import dataclasses
import re


@dataclasses.dataclass
class Entry:
    where: str          # file:line
    proof: str          # leak, shows, gathers, write, runs, flows; of copies/: copies, hidden, plain
    table: str          # of a write
    messages: list      # SQL texts
    data: bytes = b""   # for COPY FROM STDIN
    until: int = 99     # the last version of the server that does it

    @property
    def name(self):
        return " / ".join(self.messages)


def text(line):
    """<0a> stands for the byte, because an entry is one line."""
    return re.sub(r"<([0-9a-f]{2})>", lambda m: chr(int(m.group(1), 16)), line)


HEAD = re.compile(r"(leak|shows|gathers|write|runs|flows|copies|hidden|plain)(?: ([\w.]+))??(?: until (\d+))?:(?: (.*))?$")


def read(file):
    entries = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        head = HEAD.match(line)
        if head:
            entries.append(Entry(f"{file.name}:{number}", head.group(1), head.group(2) or "",
                                 [text(head.group(4))] if head.group(4) else [], until=int(head.group(3) or 99)))
        elif line.startswith("  < "):
            entries[-1].data += text(line[4:]).replace("\\t", "\t").encode() + b"\n"
        elif line.startswith("  "):
            entries[-1].messages.append(text(line[2:]))
        else:
            raise ValueError(f"{file}:{number}: neither an entry nor a part of one")
    return entries
