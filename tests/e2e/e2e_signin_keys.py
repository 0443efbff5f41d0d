"""The provider's keys, clocks and outages. It mostly waits: a keeper looks for new keys once in half a minute at most."""

import threading
import time

from idp import Person, elsewhere
from lab import wait_for
from signin import AT, LAB, ask, bearer, claims, come_back, is_refused, link, providers, sign_in

__all__ = ["LAB"]       # of this row, read by its name


def test_rotation(lab):
    """new keys are found, keys that are gone are gone, and unknown ones are no way to flood the provider"""
    corp, _ = providers(lab)
    old = corp.access_token("agent-7")
    assert bearer(lab, old)[0] == 200
    corp.rotate()
    fresh = corp.access_token("agent-7")
    wait_for(lambda: bearer(lab, fresh, source=elsewhere())[0] == 200, 40, "the new key")       # at most one look in 30 s
    assert is_refused(lab, old) == "", "a key that is gone"
    before = corp.requests().get("/jwks", 0)
    for n in range(20):
        assert bearer(lab, corp.mint(claims=claims(corp), header={**AT, "kid": f"nobody-{n}"}), source=elsewhere())[0] == 401
    assert corp.requests()["/jwks"] - before <= 1, "one look in 30 s"
    assert bearer(lab, fresh)[0] == 200


def test_clock(lab):
    """clocks may differ by a minute, not by more"""
    corp, _ = providers(lab)
    for seconds, good in ((45, True), (-45, True), (90, False)):
        corp.skew(s=seconds)
        try:
            token = corp.access_token("agent-7")
            assert (bearer(lab, token, source=elsewhere())[0] == 200) is good, seconds
        finally:
            corp.skew(s=0)


def test_outage(lab):
    """the provider is down: known keys go on for their time, nobody signs in, and it is said in words"""
    corp, partner = providers(lab)
    token = corp.access_token("agent-7")
    assert bearer(lab, token)[0] == 200
    for how in ("drop", "503"):
        corp.trouble(down=how)
        try:
            assert bearer(lab, token)[0] == 200, "it is in the cache"
            assert lab.psql("select 42", token=corp.mint(claims=claims(corp), header=AT)).out.strip() == "42", "keys go on"
        finally:
            corp.trouble(down="")
    who = Person(elsewhere())
    back = come_back(lab, who, "rita")
    corp.trouble(down="drop")
    try:
        status, text, _ = who.once(back)
        assert status >= 400 and "__Host-sluice" not in who.cookies(lab.url), (status, text)
        done = lab.sluice("login", "--issuer", "corp", *lab.where(), "--save", lab.folder / "never")
        assert done.rc != 0 and done.err.strip() and not (lab.folder / "never").exists(), done
    finally:
        corp.trouble(down="")
    assert sign_in(lab, "rita")


def test_stale_keys(lab):
    """after keys_max_stale without the provider its tokens are refused, and taken again when it is back"""
    _, partner = providers(lab)
    partner.program("helper")
    lab.add("helper", "agent", "carol", ["agents"])
    link(lab, "helper", "helper", "partner")
    one = partner.mint(claims=claims(partner, sub="helper"), header=AT)
    assert bearer(lab, one)[0] == 200
    partner.trouble(keysAgeS=1)        # they are kept for half a minute all the same
    lab.restart()
    assert bearer(lab, one)[0] == 200
    partner.trouble(down="drop")
    try:
        wait_for(lambda: bearer(lab, partner.mint(claims=claims(partner, sub="helper"), header=AT), source=elsewhere())[0] == 503, 60,
                 "the end of the keys' time")
    finally:
        partner.trouble(down="")
    wait_for(lambda: bearer(lab, partner.mint(claims=claims(partner, sub="helper"), header=AT), source=elsewhere())[0] == 200, 60,
             "the keys again")


def test_slow(lab):
    """a provider that answers slowly delays who signs in there, and nobody else"""
    corp, _ = providers(lab)
    who = Person()
    back = come_back(lab, who, "rita")
    corp.trouble(slowMs=5000, slowPath="/token")
    try:
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(who.once(back)[0]))
        waiting.start()
        time.sleep(0.3)
        assert lab.psql("select 42").out.strip() == "42" and lab.pending() is not None
        assert waiting.is_alive(), "somebody else waited"
        waiting.join(20)
        assert answers == [303], answers
    finally:
        corp.trouble(slowMs=0)


def test_restart(lab):
    """a new keeper knows the accounts and the sessions, and finds the keys again"""
    corp, _ = providers(lab)
    who = sign_in(lab, "rita")
    token = corp.access_token("agent-7")
    lab.restart()
    assert ask(lab, who, "GET", "/v1/whoami")[0] == 200
    assert bearer(lab, token)[0] == 200
    assert sign_in(lab, "rita")
