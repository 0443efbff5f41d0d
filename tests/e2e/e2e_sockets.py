"""The courier's WebSockets with a server that is not ours (npm's `ws`), over TLS; and that the third courier is there."""

import json
import pathlib
import queue
import subprocess
import threading
import time

import lab as lab_module
import npm
import scratch
from courier import CHAT, Courier
from lab import wait_for
from receiver import authority, certificate

HERE = pathlib.Path(__file__).parent / "sockets"
FOLDER = scratch.kept("lab-sockets-")
HEARD = queue.Queue()
TICKET = "ticket-that-no-log-shows"
PORT = 0
NOW = {}        # server, courier, and the stream that is open all the time


def prepare(config):
    global PORT
    authority(FOLDER)
    PORT, api = lab_module.free_ports(2)
    (FOLDER / "bot.token").write_text("xoxb-1\n")
    (FOLDER / "app.token").write_text("xapp-1\n")
    config["chat"] = [{"name": "slack", "kind": "slack", "team": "T0123ABCD", "api": f"http://127.0.0.1:{api}/api/",
                       "bot_token_file": str(FOLDER / "bot.token"), "app_token_file": str(FOLDER / "app.token")}]


LAB = {"change": prepare}


def start_server():
    pem = certificate(FOLDER / "server", (FOLDER / "ca.pem", FOLDER / "ca.key"))
    child = subprocess.Popen(["node", "server.mjs", str(PORT), str(pem)], cwd=npm.installed(HERE), text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def listen():
        for line in child.stdout:
            HEARD.put(json.loads(line))
    threading.Thread(target=listen, daemon=True).start()
    NOW["server"] = child
    assert heard("", "ready")


def heard(path, event, seconds=10):
    """The next thing of this kind that the server saw; what else it saw meanwhile is passed over."""
    end = time.monotonic() + seconds
    while True:
        said = HEARD.get(timeout=max(end - time.monotonic(), 0.01))
        if (said["path"], said["event"]) == (path, event):
            return said


def begin():
    if "server" not in NOW:
        start_server()
    if "courier" not in NOW:
        root = (FOLDER / "ca.pem").read_text()
        NOW["courier"] = Courier(CHAT, [f"slack=https://127.0.0.1:{PORT}/api/", "other=https://127.0.0.1/api/"],
                                 [f"slack={root}"])
        NOW["all the time"] = opened("/quiet")
        NOW["since"] = time.monotonic()
    return NOW["courier"]


def url(path):
    return f"wss://127.0.0.1:{PORT}{path}?{TICKET}"


def opened(path):
    courier = NOW["courier"]
    stream = courier.open("slack", url(path))
    courier.until(lambda: stream in courier.opened)
    return stream


def test_the_third_courier(lab):
    """where `chat` is configured, a courier of its own is started"""
    wait_for(lambda: [e for e in lab.events() if "event=program_ready program=courier index=2" in e], 10)


def test_echo(lab):
    """text goes and comes whole, small and large, without compression"""
    courier = begin()
    stream = opened("/echo")
    first = heard("/echo", "open")
    assert first["extensions"] == "" and first["headers"]["host"] == f"127.0.0.1:{PORT}", first
    words = ["hello", "", "gr\u00fc\u00df \U0001f600", "x" * 125, "y" * 126, "z" * 60000]
    for one in words:
        courier.say(stream, one)
    courier.until(lambda: len(courier.texts.get(stream, [])) == len(words))
    assert courier.texts[stream] == words
    courier.close(stream)
    assert courier.why(stream) == "closed as asked"
    assert heard("/echo", "close")["code"] == 1000


def test_fragments(lab):
    """fragments are one message, and a ping between them is answered"""
    courier = begin()
    stream = opened("/fragments")
    courier.until(lambda: stream in courier.texts)
    assert courier.texts[stream] == ["Gr\u00fc\u00df dich"]
    assert heard("/fragments", "pong")["text"] == "between"
    courier.close(stream)
    courier.why(stream)


def test_ping(lab):
    """a ping is answered with its bytes"""
    courier = begin()
    stream = opened("/ping")
    assert heard("/ping", "pong")["text"] == "are you there"
    courier.close(stream)
    courier.why(stream)


def test_close_codes(lab):
    """the server's code is answered and told, its words are not"""
    courier = begin()
    assert courier.why(courier.open("slack", url("/close"))) == "the server closed it (code 4003)"
    assert heard("/close", "close")["code"] == 4003


def test_what_is_refused(lab):
    """too large, binary, no UTF-8: each ends with its code"""
    courier = begin()
    for path, words, code in (("/large", "too large", 1009), ("/binary", "binary", 1003), ("/false-text", "UTF-8", 1007)):
        stream = courier.open("slack", url(path))
        assert words in courier.why(stream), courier.closed
        assert stream not in courier.texts
        assert heard(path, "close")["code"] == code, path


def test_the_certificate(lab):
    """an authority of another chat does not count"""
    courier = begin()
    stream = courier.open("other", url("/echo"))
    assert "certificate" in courier.why(stream) and stream not in courier.opened, courier.closed


def test_gone(lab):
    """a server that drops the connection"""
    courier = begin()
    assert courier.why(courier.open("slack", url("/gone"))).startswith(("the server ended", "the connection to the server"))


def test_pings_keep_it_open(lab):
    """what is quiet stays open: pings are asked and answered"""
    courier = begin()
    while time.monotonic() < NOW["since"] + 32:
        courier.pump(1)
    assert NOW["all the time"] not in courier.closed, courier.closed


def test_killed(lab):
    """a server that is killed ends its streams, and no log has a word of them"""
    courier = begin()
    NOW["server"].kill()
    NOW["server"].wait()
    assert courier.why(NOW["all the time"]) != ""
    log = courier.stop()
    assert TICKET not in log and "/echo" not in log and "hello" not in log, log
    assert courier.child.returncode == 0, log
