"""sluice mcp with the official SDK's client as its host: an agent asks, is held, is asked back, answers, and its statement runs once."""

import json
import os
import pathlib
import re
import subprocess
import threading
import time

import npm
from lab import wait_for

HERE = pathlib.Path(__file__).resolve().parent / "mcp"
HELD = "delete from staging.scratch where id = "


def environment(lab, user="agent-7", **more):
    return {**lab.environment, "PGHOST": "127.0.0.1", "PGPORT": str(lab.port), "SLUICE_URL": lab.url,
            "SLUICE_CREDENTIAL": lab.token(user), **more}


def command(lab):
    return [str(lab.program), "mcp", "--target", "finance"]


class Host:
    """mcp/host.mjs as a child. heard: what it said, in order."""

    def __init__(self, lab, user="agent-7"):
        folder = npm.installed(HERE)
        self.heard, self.came = [], threading.Condition()
        self.child = subprocess.Popen([npm.node_20(), "host.mjs", *command(lab)], cwd=folder, text=True, env=environment(lab, user),
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lab.children.append(self.child)
        threading.Thread(target=self._read, daemon=True).start()
        self.server = self.wait(lambda x: "server" in x, "the server")

    def _read(self):
        for line in self.child.stdout:
            with self.came:
                self.heard.append(json.loads(line))
                self.came.notify_all()

    def wait(self, fits, what, seconds=20):
        end = time.monotonic() + seconds
        with self.came:
            while True:
                found = next((x for x in self.heard if fits(x)), None)
                if found is not None:
                    return found
                if time.monotonic() > end or self.child.poll() is not None:
                    said = self.child.stderr.read() if self.child.poll() is not None else ""
                    raise AssertionError(f"{what} did not come; heard: {self.heard[-8:]} {said}")
                self.came.wait(0.2)

    def do(self, verb, **more):
        self.child.stdin.write(json.dumps({"do": verb, **more}) + "\n")
        self.child.stdin.flush()

    def begin(self, name, tool="query", meta=None, progress=True, **arguments):
        self.do("call", **{"as": name, "name": tool, "arguments": arguments, "meta": meta or {}, "progress": progress})

    def result(self, name, seconds=20):
        return self.wait(lambda x: name in (x.get("result"), x.get("error")), f"the answer of {name}", seconds)

    def call(self, name, tool="query", **more):
        self.begin(name, tool, **more)
        return self.result(name)

    def told(self, name, pattern, seconds=20):
        return self.wait(lambda x: x.get("progress") == name and re.search(pattern, x["message"], re.S), f"{pattern!r} for {name}",
                         seconds)["message"]

    def progress(self, name):
        return [x["at"] for x in self.heard if x.get("progress") == name]

    def close(self):
        self.do("close")
        assert self.child.wait(10) == 0
        assert not [x for x in self.heard if "broken" in x], self.heard


def text_of(answer):
    return answer["content"][0]["text"]


def one_result(answer):
    assert not answer.get("isError"), answer
    (result,) = answer["structuredContent"]["results"]
    return result


def approval_in(text):
    return re.search(r"approval ([0-9a-f-]{36})", text).group(1)


def ask(lab, approval, question, by="rita"):
    lab.sluice("ask", approval, question, "--credential-file", lab.enroll(by), *lab.where(), check=True)


def test_tools_and_rows(lab):
    """the server says who it is, lists its tools, and harmless rows come at once, as the schema says"""
    host = Host(lab)
    assert host.server["server"]["name"] == "sluice" and "logging" in host.server["capabilities"], host.server
    host.do("tools")
    tools = {t["name"]: t for t in host.wait(lambda x: "tools" in x, "the tools")["tools"]}
    assert set(tools) == {"query", "answer", "approval", "cancel"}, tools
    assert tools["query"]["annotations"]["destructiveHint"] and not tools["query"]["annotations"]["readOnlyHint"]
    assert tools["approval"]["annotations"]["readOnlyHint"] and "outputSchema" in tools["query"]
    result = one_result(host.call("rows", sql="select 1 as a, null as b, E'two\\nlines' as c union all select 2, 'x', 'y' order by 1"))
    assert result == {"command": "SELECT 2", "columns": ["a", "b", "c"], "rows": [["1", None, "two\nlines"], ["2", "x", "y"]],
                      "row_count": 2}, result
    many = one_result(host.call("many", sql="select generate_series(1, 5000)", max_rows=3))
    assert many["rows"] == [["1"], ["2"], ["3"]] and many["row_count"] == 5000 and many["rows_left_out"] == 4997, many
    wide = one_result(host.call("wide", sql="select repeat('x', 200000) from generate_series(1, 3)"))
    assert len(wide["rows"]) == 1 and wide["rows_left_out"] == 2, (len(wide["rows"]), wide["rows_left_out"])
    copied = one_result(host.call("copied", sql="copy (select 1, 2) to stdout"))
    assert copied["columns"] == ["copy"] and copied["rows"] == [["1\t2"]], copied
    two = host.call("two", sql="select 1 as a; select 2 as b")["structuredContent"]["results"]
    assert [r["rows"] for r in two] == [[["1"]], [["2"]]], two
    host.close()
