"""The Bot Framework and people in Teams, beside a lab: tokens, keys with endorsements, the Connector (teams/server.mjs).

    with Teams(lab.folder) as teams:
        rita = teams.person(name="rita")
        teams.conversation(id="19:general@thread.tacv2", people=[rita])
        teams.bot(url=f"{lab.url}/v1/chat/teams")
        teams.install(conversation="19:general@thread.tacv2", who=rita)
        teams.press(who=rita, conversation=..., message=..., verb="sluice.approve", text="fine")

Each op of server.mjs by its name. What is forged is said: press(..., token={"claims": {"aud": "x"}}), token={"key": "other"}
(not endorsed for Teams), trigger="automatic", activity={"serviceUrl": ...}; replay() sends the last request once more."""

import json
import pathlib
import shutil
import subprocess
import threading
import uuid

from lab import free_ports, give_back
from tap import Skip

HERE = pathlib.Path(__file__).resolve().parent / "teams"
SECRET = "the bot's secret, for tests & nothing else"


class Teams:
    def __init__(self, folder, port=None):
        if not shutil.which("node"):
            raise Skip("node is not installed")
        self.ports = [port] if port else free_ports(1)
        self.mine = port is None
        self.app, self.tenant, self.secret = str(uuid.uuid4()), str(uuid.uuid4()), SECRET
        self.lock = threading.Lock()
        with open(pathlib.Path(folder) / f"teams.{self.ports[0]}.stderr", "ab") as log:
            self.child = subprocess.Popen(["node", HERE / "server.mjs"], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=log)
        said = self.start(port=self.ports[0], app=self.app, tenant=self.tenant, secret=SECRET, bot=None)
        self.base, self.service = said["base"], said["service"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.child.poll() is None:
            self.child.stdin.close()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        if self.mine:
            give_back(self.ports)

    def __getattr__(self, op):
        def call(**args):
            with self.lock:
                self.child.stdin.write(json.dumps({"op": op, **args}) + "\n")
                self.child.stdin.flush()
                line = self.child.stdout.readline()
            assert line, f"Teams is gone ({op})"
            out = json.loads(line)
            assert "failed" not in out, f"{op}: {out.get('failed')}"
            return out["said"]
        return call
