"""A small Slack on loopback (`slack/`), for tests: Web API, Socket Mode, signed HTTP, "Sign in with Slack". Not Slack's cloud.

    with Slack(lab.folder) as slack:
        slack.channel("C0PAY", name="payments")             # the bot is a member of it
        slack.user("U0RITA", name="rita")                    # a full member of slack.team
        # ... whoever is tested posts to slack.api with slack.bot_token, and opens a socket with slack.app_token ...
        card = slack.one(channel="C0PAY")                    # waits for one message there, the newest
        done = slack.click("U0RITA", "C0PAY", card["ts"], "approve")
        view = slack.modal("U0RITA")                         # waits for a modal in front of her
        done = slack.submit("U0RITA", view["id"], {"reason": "as agreed"})

Attributes: url (http://127.0.0.1:PORT), api (url + "/api/"), issuer (= url), team, app_id, bot_user, bot_token, app_token,
signing_secret, client_id, client_secret; lab: if set, whose Sluice a click waits for (see `settled`).

CONTROL API. Each op below is a method here: slack.OP(**args) is POST {url}/lab/OP with a JSON object; the answer is
{"said": ...}, or {"failed": why} (an AssertionError here). Times are Unix seconds with a fraction, of the lab's clock.

Who and where
  user(id, name, email, team_id, deleted, is_bot, is_restricted, is_ultra_restricted, is_stranger, enterprise_user, ...)
                        makes a user, or changes what is named; team_id of another team and is_stranger make one of Slack Connect
  channel(id, name, member=True, is_archived, is_ext_shared)    as above; member: the bot is in it
  users() channels()    lists. DMs that conversations.open made are channels with is_im and user
What was said
  messages(channel, thread_ts, ephemeral)   oldest first; no argument: all. A message: {channel, ts, thread_ts, text, blocks, user, bot_id,
                        ephemeral: user or null, history: [{at, text, blocks}]}; the last of history is how it is now
  views(user, all)      the modals in front of a user, the topmost last; all: those that were closed too. A view is what Slack
                        says of one ({id, hash, callback_id, private_metadata, blocks, title, state, ...}) and
                        {user, state_now: "open"|"closed", errors: {block_id: text}, history: [view...]}
  forget()              messages, views, calls, deliveries: as if nothing had been; users, channels, tokens, settings stay
What people do. Each is one *delivery*, and answers when the app answered it or Slack would have given up (wait=False: at once):
      {id, acked, answer, attempts: [{at, via, socket, status, answered_at, ms}], error, trigger_id, payload,
      request: {url, headers, body} where it went over HTTP}
      acked: in time, with a 2xx or an acknowledgement; answer: the acknowledgement's payload (or null); error: why not acked
  click(user, channel, ts, action_id, value, block_id, old)
                        a button. As in Slack, it must be on the message as it is now; old=True: as someone's client that still
                        shows an earlier version of it; value: one that the button does not have, as only a forger could
  submit(user, view, values, old)   values: {action_id: text} or {block_id: {action_id: text}}. response_action of the answer is carried out:
                        errors keep it open (see views), update and push show another, else it closes. old: it may be closed
  close(user, view)     view_closed, if the view asked for it (notify_on_close)
  event(event)          events_api, e.g. {"type": "app_mention", ...};  command(user, channel, command, text): slash_commands
 and each of these takes:
  via                   "socket" or "http"; else as interactivity() says
  delay_s               the app hears of it that late (its trigger_id counts from the click)
  times                 2: the very same envelope or request twice, at once
  hold=True             it is kept back, for release()
  change                merged into the payload, member by member ({"team": {"id": "T0OTHER"}}, null: without it)
  socket                the number of the socket to use
  sign                  http: "good", "forged" (another secret's), "none", "v1", "empty", "body" (the body is another than was signed)
  age_s                 http: the timestamp (and so the signature) is that old; negative: of the future
  retry=False           not again when it is not acked (Socket Mode: again after 3 s to any open socket, `settings.redeliver` times)
  wait=False            do not wait for the answer
  release(ids)          held deliveries, in this order; their results
  replay(id, times)     the same envelope, or the same bytes and headers, once more; what came of it, as {id, status or acked}
  deliveries()          all, oldest first;  delivery(id)
  post(body, content_type, sign, age_s, path)   any bytes to interactivity's url; {status, body}
  say(text, socket)     any text message into the sockets
  verify_url(url, sign) url_verification, as when somebody enters the url at Slack; {status, body, agreed}
  interactivity(url)    from now on people's clicks go to that url, signed; None: through sockets (as in the beginning)
Sockets
  sockets()             open ones: [{n, opened, last, hello, acked, sent, pinged, ponged}]
  disconnect(reason, socket, close_after_s)    reason: "warning" (nothing is closed), "refresh_requested" (closed after close_after_s,
                        2 s where it is left out), "link_disabled" (Socket Mode is switched off: closed, and none can be opened until link(on=True))
  link(on)              Socket Mode on or off at the app
  drop(socket, how)     "close" (properly), "cut" (no closing handshake), "freeze" (says nothing more, answers no ping), "garbage" (no frame at all),
                        "fragment" (a message that never ends), "binary", "latin1" (text that is no UTF-8), "huge" (a message of `bytes`)
Trouble
  trouble(method, channel, times, error, status, retry_after, slow_s, silence, lost, cut, garbage, huge)
                        for the next `times` calls (None, the default: until calm()) of that method ("*": any) into that channel (None: any):
                        error: {"ok": false, "error": ...}; status: an HTTP status with a page for people; "ratelimited" is 429 with
                        Retry-After; slow_s before the answer; silence: never an answer; lost: it is DONE, then cut without an answer; cut: not done, then
                        cut; garbage: 200 with what is no JSON; huge: 200 with that many bytes. The newest that fits counts. Its number
  calm(trouble)         ends one, or all
  rate(mode)            "slack" (in the beginning: one chat.postMessage a second and channel, five at once; others by their tier),
                        "strict" (one at once), "off"
  tokens(bot, app)      "good", "revoked", "inactive", "unknown", or {"is": another token}
  settings(ack_s, redeliver, ping_s, trigger_s, max_sockets, hello_after_s, tickets_s)    what is named is changed; all of them
  calls(method, since)  each call: {n, method, at, ms, status, error, channel, args, type, trouble}; at: when its body was there. Tokens are not in it
  counters()            {method: {calls, ok, errors: {error: n}}}
Sign in with Slack
  openid(claims, key, alg, redirects, skew_s, error)    claims: merged into each ID token from now on (null: without it); key: "own" or
                        "other" (a stranger's, same kid); alg: "RS256", "none" or "HS256"; redirects: which redirect_uri are registered (None:
                        any); skew_s on its times; error: what the person's browser comes back with
  rotate()              another key;  sign_in() below walks the pages
"""

import http.client
import json
import pathlib
import subprocess
import tempfile
import time

import npm
from idp import Forms, Person
from lab import free_ports, give_back, wait_for

HERE = pathlib.Path(__file__).resolve().parent / "slack"
PATIENCE = 120     # s: an op may wait for deliveries that come again and again


class Slack:
    """One of them. folder: where what it says on its standard error goes. Skip where npm cannot be had."""

    def __init__(self, folder=None, port=None):
        self.log = tempfile.NamedTemporaryFile(prefix="slack.", suffix=".stderr", dir=folder, delete=folder is None)
        self.ports = [port] if port else free_ports(1)
        self.mine = port is None
        self.child = subprocess.Popen(["node", "server.mjs", str(self.ports[0])], cwd=npm.installed(HERE), text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        self.lab = None
        line = self.child.stdout.readline()
        assert line, f"no Slack came up: {self.said()}"
        self.__dict__.update(json.loads(line))

    def said(self):
        return pathlib.Path(self.log.name).read_text()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.child.poll() is None:
            self.child.stdin.close()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
            self.child.stdout.close()
        if self.mine and self.ports:
            give_back(self.ports)
            self.ports = []
        self.log.close()

    def __getattr__(self, op):
        if op.startswith("_") or "ports" not in self.__dict__:
            raise AttributeError(op)

        def call(**args):
            connection = http.client.HTTPConnection("127.0.0.1", self.ports[0], timeout=PATIENCE)
            connection.request("POST", f"/lab/{op}", json.dumps(args), {"Content-Type": "application/json"})
            out = json.loads(connection.getresponse().read())
            connection.close()
            assert "failed" not in out, f"{op}: {out.get('stack')}"
            return out["said"]
        return call

    # --- by fewer words ---------------------------------------------------------------------------

    def user(self, user, **what):
        return self.__getattr__("user")(id=user, **what)

    def channel(self, channel, **what):
        return self.__getattr__("channel")(id=channel, **what)

    def one(self, seconds=10, like=None, **where):
        """Waits for a message whose text or blocks have `like`; the newest."""
        return wait_for(lambda: [m for m in self.messages(**where) if like is None or like in json.dumps(m, ensure_ascii=False)],
                        seconds, f"a message like {like!r} in {where}")[-1]

    def modal(self, user, seconds=10):
        """Waits for a modal in front of that person; the topmost."""
        return wait_for(lambda: self.views(user=user), seconds, f"a modal in front of {user}")[-1]

    def click(self, user, channel, ts, action_id, **how):
        self.settled(ts)
        return self.__getattr__("click")(user=user, channel=channel, ts=ts, action_id=action_id, **how)

    def settled(self, ts):
        """Slack shows a message before the Sluice of `lab` has heard from Slack which one it is: until then it is too early to click."""
        while self.lab and time.time() < float(ts) + 3 and any(c["waiting"] for c in self.lab.chats().values()):
            time.sleep(0.02)

    def told(self, user, like=""):
        """What they were told in private that has `like`."""
        return [m for m in self.messages(ephemeral=True) if m["ephemeral"] == user and like in json.dumps(m["blocks"])]

    def aside(self, user, like, seconds=10):
        """Waits until they are told it in private; the last of it."""
        return wait_for(lambda: self.told(user, like), seconds, f"{user} to be told {like!r} in private")[-1]

    def submit(self, user, view, values=None, **how):
        return self.__getattr__("submit")(user=user, view=view, values=values or {}, **how)

    def ready(self, sockets=1, seconds=20):
        """Waits until so many sockets had their hello; they, the oldest first."""
        def found():
            greeted = [s for s in self.sockets() if s["hello"]]
            return len(greeted) >= sockets and greeted
        return wait_for(found, seconds, f"{sockets} sockets at Slack")

    def buttons(self, message):
        """What can be clicked on a message: {action_id: element}."""
        parts = [e for b in message["blocks"] for e in [*(b.get("elements") or []), b.get("accessory")] if e and "action_id" in e]
        return {e["action_id"]: e for e in parts}

    def sign_in(self, there, user, stop, person=None, deny=False):
        """A person at the address of Slack's authorize page (or one that leads there); where they are sent back to.
        stop: how that address begins."""
        person = person or Person()
        url, answer = person.follow(there, stop=stop)
        assert answer is not None and answer[0] == 200, f"{url}: {answer}"
        form = Forms(answer[1])
        back, answer = person.follow(f"{self.url}{form.action}", {**form.fields, "user": user, **({"deny": "yes"} if deny else {})}, stop=stop)
        assert answer is None, f"{back}: {answer}"
        return back
