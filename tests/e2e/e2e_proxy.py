"""Behind a proxy: whose request it is (`trusted_proxies`), with a small real one in front of the desk."""

import http.client
import http.server
import json
import threading

from lab import wait_for

PROXY = "127.0.0.7"         # where the proxy calls from; everybody else calls from elsewhere in 127/8
GUESSES = 5                 # of one address at one door, then it waits
LAB = {"change": lambda config: config.update(trusted_proxies=[f"{PROXY}/32"])}


class Proxy(http.server.ThreadingHTTPServer):
    """Passes everything on, and adds the address that it was called from, as proxies do."""
    daemon_threads = True

    def __init__(self, to):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                said = ", ".join([*self.headers.get_all("X-Forwarded-For", []), self.client_address[0]])
                kept = {k: v for k, v in self.headers.items() if k.lower() not in ("x-forwarded-for", "connection")}
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer, text = call(to, self.command, self.path, PROXY,
                                    {**kept, "X-Forwarded-For": said, "X-Forwarded-Proto": "https"}, body or None)
                self.send_response_only(answer.status)
                self.send_header("Content-Type", answer.getheader("Content-Type", "text/plain"))
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = pass_on

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def call(port, method, path, source, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(source, 0))
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer, text


def whoami(lab, port, source, token, **more):
    headers = {"Host": f"127.0.0.1:{lab.http}", "Authorization": f"Bearer {token}", **more}
    return call(port, "GET", "/v1/whoami", source, headers)[0].status


def guess(n):
    return f"sld_{n:032d}"


def guess_until_told_to_wait(lab, port, source, said=lambda n: {}):
    """The first wait is a second long: on a slow machine one guess more may get through."""
    seen = []
    while 429 not in seen and len(seen) < 3 * GUESSES:
        seen.append(whoami(lab, port, source, guess(len(seen)), **said(len(seen))))
    assert seen[:GUESSES] == [401] * GUESSES and seen[-1] == 429, (source, seen)
    return len(seen)


def in_the_record(lab, address):
    status, said = lab.ask("rita", "GET", "/v1/audit?kind=sign_in_failure&limit=50")
    assert status == 200, said
    return json.dumps(said).count(f'"{address}"')


def test_one_guesser_does_not_stop_the_others(lab):
    """who guesses through the proxy waits alone, whatever addresses it claims; the record names it, not the proxy"""
    token = json.loads(lab.enroll("rita").read_text())["credential"]
    with Proxy(lab.http) as proxy:
        port = proxy.server_address[1]
        guess_until_told_to_wait(lab, port, "127.0.1.1", lambda n: {"X-Forwarded-For": f"198.51.100.{n}, unknown"})
        assert whoami(lab, port, "127.0.1.2", token) == 200
        assert whoami(lab, port, "127.0.1.2", guess(99)) == 401, "another one is not counted with it"
        assert whoami(lab, lab.http, "127.0.0.1", token) == 200
    wait_for(lambda: in_the_record(lab, "127.0.1.1") and in_the_record(lab, "127.0.1.2"), 5, "the record")
    assert not any(in_the_record(lab, a) for a in (PROXY, "127.0.0.1", *(f"198.51.100.{n}" for n in range(GUESSES))))


def test_from_anybody_else_the_header_says_nothing(lab):
    """a client that is no proxy of ours gets no new chance by another X-Forwarded-For"""
    guess_until_told_to_wait(lab, lab.http, "127.0.2.1",
                             lambda n: {"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"})
    assert whoami(lab, lab.http, "127.0.2.2", guess(99)) == 401, "and nobody is made to wait in its place"


def test_what_is_not_understood_is_the_proxys_own(lab):
    """a list of the proxy that is none counts as the proxy, and the log says so once a connection"""
    odd = ("unknown", "", "1.2.3.4.5", "for=1.2.3.4", "1.2.3.4,")
    asked = guess_until_told_to_wait(lab, lab.http, PROXY, lambda n: {"X-Forwarded-For": odd[n % len(odd)]})
    assert len(lab.events("forwarded_not_understood")) == asked, lab.events("forwarded_not_understood")
    assert not any("1.2.3.4" in x for x in lab.events("forwarded_not_understood")), "strangers' text is in no log"
    token = json.loads(lab.enroll("rita").read_text())["credential"]
    assert whoami(lab, lab.http, PROXY, token, **{"X-Forwarded-For": "127.0.3.1"}) == 200, "who is named is asked for"


def test_a_proxy_makes_no_place_ours(lab):
    """neither X-Forwarded-Proto nor X-Forwarded-Host makes an Origin or Host ours that public_url does not"""
    token = json.loads(lab.enroll("rita").read_text())["credential"]
    with Proxy(lab.http) as proxy:     # it says https; the public_url is http
        port = proxy.server_address[1]
        assert whoami(lab, port, "127.0.4.1", token, Origin=f"https://127.0.0.1:{lab.http}") == 403
        assert whoami(lab, port, "127.0.4.1", token, Host="evil.example", **{
            "X-Forwarded-Host": f"127.0.0.1:{lab.http}"}) == 421


def test_a_reload_takes_the_trust_away(lab):
    """who is no proxy any more is a client like others from the next request on"""
    count = len(lab.events("reloaded"))
    lab.config["trusted_proxies"] = ["192.0.2.1"]
    lab.write_config()
    lab.sighup()
    wait_for(lambda: len(lab.events("reloaded")) > count, 10, "the reload")
    before = in_the_record(lab, PROXY)
    with Proxy(lab.http) as proxy:
        def guessed():      # not before the wait is over that the proxy has from the tests before
            assert whoami(lab, proxy.server_address[1], "127.0.5.1", guess(0)) in (401, 429)
            return in_the_record(lab, PROXY) > before
        wait_for(guessed, 10, "the record")
    assert not in_the_record(lab, "127.0.5.1")
