"""The console's Audit, Lineage, Usage and Governance pages in a real browser, against the whole of Sluice."""

import base64
import hashlib
import json
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

import e2e_audit
import e2e_console
from lab import wait_for
from looks import faults

COPY = "create table staging.mails as select email from customers"


def act(lab):
    """What these pages look back at."""
    if hasattr(lab, "looked"):
        return
    e2e_audit.act(lab)
    child = lab.psql_start("-c", "set sluice.run = 'nightly copy'", "-c", COPY)
    lab.approve("rita", lab.pending_one("agent-7", like="staging.mails")["id"])
    child.communicate(timeout=20)
    tried = lab.psql_start("-c", "copy customers to stdout")
    lab.deny("bob", lab.pending_one("agent-7", like="copy customers")["id"], reason="not to a laptop")
    tried.communicate(timeout=20)
    lab.looked = True


def sign_in(lab, who="rita", at="/", **look):
    act(lab)
    b = e2e_console.sign_in(lab, who, **look)
    if at != "/":
        b.goto(url=f"{lab.url}{at}")
    return b


def open_line(b, number=0):
    b.wait(at="section[aria-label='What was found'] li.line")
    b.click(at=f"section[aria-label='What was found'] li.line >> nth={number} >> button.row")
    b.wait(at=".verdict")


def checks(b):
    return b.texts(at=".checks li")


def test_search(lab):
    """the form asks, the address is the question, and each line is found by what it says"""
    b = sign_in(lab, at="/audit")
    b.fill(at="role=textbox[name='Identity']", text="agent-7")
    b.fill(at="role=textbox[name='Label']", text="pii")
    b.press(key="Enter")
    b.wait(at="text=CSV")
    assert "identity=agent-7" in b.url() and "label=pii" in b.url()
    assert b.focused().startswith("INPUT"), "the field keeps its focus"
    lines = b.texts(at="section[aria-label='What was found'] li.line")
    assert lines and all("pii" in x for x in lines), lines
    found = e2e_audit.search(lab, identity="agent-7", label="pii")
    assert len(lines) == min(len(found), 50)
    status, text, _ = e2e_audit.get(lab, b.attribute(at="text=JSON lines", name="href"))
    assert status == 200 and json.loads(text.decode().splitlines()[-1])["end"]["lines"] == len(found)
    b.fill(at="role=textbox[name='Identity']", text="nobody")
    b.press(key="Enter")
    b.wait(at="text=Nothing in the ledger is like that")
    b.eval(js="history.back()")
    b.wait(at="text=CSV")
    assert b.eval(js="document.querySelector('#field-identity').value") == "agent-7"
    assert b.complaints() == []


def test_proof(lab):
    """an opened line is proved in the browser: signature, growth, leaf, path"""
    b = sign_in(lab, at="/audit?kind=approval")
    open_line(b)
    assert "Proved" in b.text(at=".verdict"), b.text(at=".entry")
    said = checks(b)
    assert len(said) == 5 and all(x.startswith("✓") for x in said) and "Ed25519" in said[0] and "tile/0/" in said[3], said
    key = (lab.state / "ledger/key.pub").read_text().split("+")
    assert f"{key[0]}, key {key[1]}" in said[0]
    entry = int(b.text(at="li.line .number"))
    leaf = e2e_audit.get(lab, f"/v1/ledger/entries/{entry}")[1]
    assert e2e_audit.leaf_hash(leaf).hex() in said[2], said
    assert json.loads(b.text(at=".entry pre.exact")) == json.loads(leaf)
    assert "first checkpoint" in said[1]
    lab.psql("select 2")
    size = e2e_audit.signed(lab)[2]
    wait_for(lambda: e2e_audit.signed(lab)[2] > size or lab.psql("select 3"), 5, "a newer checkpoint")
    b.click(at="section[aria-label='What was found'] li.line >> nth=1 >> button.row")
    b.wait(at="li.line >> nth=1 >> .verdict")
    assert "continues the checkpoint" in b.text(at="li.line >> nth=1 >> .checks"), b.text(at="li.line >> nth=1")
    assert "Proved" in b.text(at="li.line >> nth=1 >> .verdict")
    assert b.complaints() == []


def test_batch(lab):
    """an action that flowed stands in an entry with others: its own words are shown, and the whole entry is proved"""
    b = sign_in(lab, at="/audit?kind=actions&identity=agent-7&label=pii")
    open_line(b)
    assert "Proved" in b.text(at=".verdict"), b.text(at=".entry")
    shown = json.loads(b.text(at=".entry pre.exact"))
    assert shown["session"]["identity"] == "agent-7" and "pii" in json.dumps(shown["statement"])


TAMPERED = (  # what is changed on the way, and which check says no
    ({"url": r"/v1/audit\?", "find": "agent-7", "put": "agent-8"}, "The line above says what the entry says"),
    ({"url": r"/v1/ledger/entries/", "find": "agent-7", "put": "agent-8"}, "What is shown here is the entry"),
    ({"url": r"/v1/ledger/tile/0/", "at": 40}, "The entry is in the signed tree"),
)


def test_tampered(lab):
    """an entry, a tile or a checkpoint that was changed shows as not proved"""
    for how, check in TAMPERED:
        b = sign_in(lab)
        b.tamper(**how)
        b.goto(url=f"{lab.url}/audit?kind=approval&event=asked")
        open_line(b, 1)
        assert "NOT proved" in b.text(at=".verdict.not-proved"), (how, b.text(at=".entry"))
        assert any(check in x and x.startswith("✗") for x in checks(b)), (how, checks(b))
        assert b.count(at=".verdict.proved") == 0
        b.honest()
    for size in ("origin", "root", "signature"):
        b = sign_in(lab, at="/audit?kind=approval&event=asked")
        note = e2e_audit.signed(lab)[0]
        origin, _, root, _, signature = note.split("\n")[:5]
        forged = {"origin": (origin, origin + "x"), "root": (root, root[:-5] + ("AAAA=" if root[-5:] != "AAAA=" else "BBBB=")),
                  "signature": (signature, signature[:-12] + "AAAAAAAAAA==")}[size]
        b.tamper(url=r"/v1/ledger/checkpoint", find=forged[0], put=forged[1])
        open_line(b)
        assert "not proved" in b.text(at=".verdict.not-proved").lower(), (size, b.text(at=".entry"))
        b.honest()


def forked(lab, note):
    """Another history of the same length, signed with the ledger's own key: what its operator could make."""
    name, number, packed = (lab.state / "keys/ledger.key").read_text().strip().removeprefix("PRIVATE+KEY+").split("+", 2)
    key = ed25519.Ed25519PrivateKey.from_private_bytes(base64.b64decode(packed)[1:])
    origin, size, _ = note.split("\n")[:3]
    text = f"{origin}\n{size}\n{base64.b64encode(hashlib.sha256(b'another history').digest()).decode()}\n"
    signature = base64.b64encode(bytes.fromhex(number) + key.sign(text.encode())).decode()
    return f"{text}\n\u2014 {name} {signature}\n"


def test_forked(lab):
    """a page that saw a checkpoint says so when it is shown another history, signed with the right key"""
    b = sign_in(lab, at="/audit?kind=approval&event=asked")
    open_line(b)
    assert "Proved" in b.text(at=".verdict")
    note = e2e_audit.signed(lab)[0]
    b.tamper(url=r"/v1/ledger/checkpoint", find=note, put=forked(lab, note))
    b.click(at="section[aria-label='What was found'] li.line >> nth=1 >> button.row")
    b.wait(at="li.line >> nth=1 >> .verdict.not-proved")
    said = b.texts(at="li.line >> nth=1 >> .checks li")
    assert said[0].startswith("✓") and said[1].startswith("✗") and "has been changed" in said[1], said
    b.honest()


def test_shrunk(lab):
    """a page that saw a checkpoint says so when it is shown an older one"""
    act(lab)
    old = e2e_audit.signed(lab)[0]
    for _ in range(3):
        lab.psql("select 4")
        time.sleep(1.2)
    new = e2e_audit.signed(lab)[0]
    assert e2e_audit.checkpoint(new)[1] > e2e_audit.checkpoint(old)[1]
    b = sign_in(lab, at="/audit?kind=approval&event=asked")
    open_line(b)
    assert "Proved" in b.text(at=".verdict")
    now = e2e_audit.signed(lab)[0]
    b.tamper(url=r"/v1/ledger/checkpoint", find=now, put=old)
    b.click(at="section[aria-label='What was found'] li.line >> nth=1 >> button.row")
    b.wait(at="li.line >> nth=1 >> .verdict.not-proved")
    assert "shorter than it was" in b.text(at="li.line >> nth=1 >> .checks"), b.text(at="li.line >> nth=1")
    b.honest()


def resigned(note, key):
    """The same tree, signed by somebody else's key under the same name: the note and its key line."""
    text, signature = note.split("\n\n")
    name = signature.split(" ")[1]
    packed = b"\x01" + key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    number = hashlib.sha256(name.encode() + b"\n" + packed).digest()[:4]
    signed = base64.b64encode(number + key.sign(f"{text}\n".encode())).decode()
    return f"{text}\n\n\u2014 {name} {signed}\n", f"{name}+{number.hex()}+{base64.b64encode(packed).decode()}"


def test_another_key(lab):
    """a key of their own, and all signed with it, is no proof for a page that saw another one before"""
    b = sign_in(lab, at="/audit?kind=approval&event=asked")
    open_line(b)
    assert "Proved" in b.text(at=".verdict")
    note = e2e_audit.signed(lab)[0]
    forged, key = resigned(note, ed25519.Ed25519PrivateKey.generate())
    line = e2e_audit.get(lab, "/v1/ledger/key.pub")[1].decode().strip()
    b.tamper(url=r"/v1/ledger/checkpoint", find=note, put=forged)
    b.tamper(url=r"/v1/ledger/key.pub", find=line, put=key)
    b.click(at="section[aria-label='What was found'] li.line >> nth=1 >> button.row")
    b.wait(at="li.line >> nth=1 >> .verdict")
    said = b.texts(at="li.line >> nth=1 >> .checks li")
    assert said[0].startswith("\u2713"), said     # it is signed, by whomever
    assert any("The key is the one that this page saw before" in x and not x.startswith("\u2713") for x in said), said
    assert "Not all of it" in b.text(at="li.line >> nth=1 >> .verdict.unsure")
    b.honest()


def test_without_ed25519(lab):
    """a browser without Ed25519 says that it did not look at the signature, and claims no proof"""
    b = sign_in(lab, at="/audit?kind=approval")
    b.wait(at="section[aria-label='What was found'] li.line")
    b.eval(js="crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError')); 1")
    open_line(b)
    assert "Not all of it" in b.text(at=".verdict.unsure") and "knows no Ed25519" in checks(b)[0], checks(b)


def test_hostile_words(lab):
    """what a stranger wrote is text in every one of these pages"""
    b = sign_in(lab, at="/audit?identity=agent-7")
    act(lab)
    lab.psql("-c", "set sluice.reason = '<img src=x onerror=\"document.title=1\">\u202egnp'", "-c", "select email from customers limit 1")
    b.goto(url=f"{lab.url}/audit?identity=agent-7&label=pii")
    b.wait(at="text=<img src=x onerror=")
    assert "U+202E" in b.text(at="main") and "\u202e" not in b.text(at="main")
    open_line(b)
    assert b.count(at="main img, main script") == 0 and "Audit" in b.eval(js="document.title")
    assert "\u202e" not in b.text(at="main")


def test_governance(lab):
    """each number opens exactly the entries that it counts"""
    b = sign_in(lab, at="/governance")
    b.wait(at="[data-number='asked']")
    for name in ("asked", "approved", "denied", "self_approval_refused", "labelled_reads_without_rule"):
        b.goto(url=f"{lab.url}/governance")
        b.wait(at=f"[data-number='{name}'] a")
        value = int(b.text(at=f"[data-number='{name}'] .big").split()[0].replace(",", ""))
        b.click(at=f"[data-number='{name}'] a")
        b.wait(at="section[aria-label='What was found']")
        lines = b.count(at="section[aria-label='What was found'] li.line")
        assert lines == min(value, 50) > 0, (name, value, lines)
    assert b.complaints() == []


def test_usage(lab):
    """the table says what the command says, each with its hours; a name leads on to its entries"""
    b = sign_in(lab, at="/usage?by=label&since=24h")
    b.wait(at="table >> text=pii")
    row = b.text(at="tr:has-text('pii')").split()
    used = next(u for u in lab.usage("label")["usage"] if u["label"] == "pii")
    assert f"{used['rows']:,}" in row and f"{used['statements']:,}" in row, (row, used)
    assert "statement" in b.attribute(at="tr:has-text('pii') svg", name="aria-label")
    b.click(at="table >> text=pii")
    b.wait(at="text=CSV")
    for by in ("identity", "owner", "run", "dataset"):
        b.goto(url=f"{lab.url}/usage?by={by}&since=24h")
        b.wait(at="table >> text=total")
    assert b.complaints() == []


def test_lineage(lab):
    """a graph of what flowed and what was only tried; labelled flows stand out, and the list has the same"""
    b = sign_in(lab, at="/lineage")
    b.fill(at="role=textbox[name='Dataset or column']", text="public.customers.email")
    b.press(key="Enter")
    b.wait(at=".graph [data-node$=' staging.mails.email']")
    assert b.count(at=".edge.labelled-edge") >= 1
    assert "denied" in b.eval(js="Array.from(document.querySelectorAll('.edge.attempted text'), (t) => t.textContent).join()")
    flows = "Array.from(document.querySelectorAll('.graph g.edge:not(.part)'), (e) => [e.classList.contains('attempted'), e.querySelector('text.verdict')?.textContent])"
    for tried, words in b.eval(js=flows):
        assert words and words.startswith("✕ attempted: " if tried else "✓ "), (tried, words)
    said = {words for _, words in b.eval(js=flows)}
    assert "✕ attempted: denied" in said and said & {"✓ allowed", "✓ approved by rita", "✓ approved by bob"}, said
    lines = b.texts(at="section[aria-label='As a list'] li.line")
    assert any("staging.mails.email" in x and "pii" in x and "agent-7" in x for x in lines), lines
    assert any("did not happen: denied" in x for x in lines), lines
    b.goto(url=f"{lab.url}/lineage?of=public.customers.email&to=staging.mails.email")
    b.wait(at=".graph [data-node$=' staging.mails.email']")
    b.goto(url=f"{lab.url}/lineage?of=no.such")
    b.wait(at="text=Nothing that flowed through the gateway touched it")
    assert b.complaints() == []


def test_lineage_keyboard(lab):
    """the graph is walked with the arrow keys alone, says each node, and Enter looks from there"""
    b = sign_in(lab, at="/lineage?of=public.customers.email&way=down")
    b.wait(at=".graph [data-node]")
    for _ in range(40):
        b.press(key="Tab")
        if b.eval(js="document.activeElement.dataset.node ?? ''"):
            break
    label = "document.activeElement.getAttribute('aria-label')"
    assert b.eval(js=label).startswith("public.customers.email pii, column: "), b.eval(js=label)
    b.press(key="ArrowRight")
    seen = b.eval(js=label)
    for _ in range(4):
        if seen.startswith("staging.mails.email"):
            break
        b.press(key="ArrowDown")
        seen = b.eval(js=label)
    assert seen.startswith("staging.mails.email"), seen
    assert "staging.mails.email" in b.text(at="section[aria-label='What is picked'] h3")
    b.press(key="ArrowLeft")
    assert b.eval(js=label).startswith("public.customers.email")
    b.press(key="ArrowRight")
    b.press(key="Enter")
    wait_for(lambda: "of=" in b.url() and "public.customers.email" not in b.url(), 5, "the walk to go on from there")


def test_keyboard(lab):
    """a question, its lines and a proof with the keyboard alone"""
    b = sign_in(lab, at="/audit")
    b.wait(at="section[aria-label='What was found'] li.line")
    b.press(key="j")
    b.press(key="j")
    assert b.eval(js="document.activeElement.className") == "row"
    b.press(key="Enter")
    b.wait(at=".verdict.proved")
    assert b.eval(js="document.activeElement.getAttribute('aria-expanded')") == "true"


PAGES = ("/audit", "/audit?identity=nobody", "/lineage", "/lineage?of=public.customers.email", "/usage?by=dataset",
         "/usage?identity=nobody", "/governance")


def test_accessible(lab):
    """axe finds nothing on any of these pages, at 320 and 1440 pixels, light and dark; nothing is wider than the screen"""
    act(lab)
    found = []
    for scheme, width in e2e_console.LOOKS:
        b = sign_in(lab, scheme=scheme, width=width, height=800, motion="reduce")
        for page in PAGES:
            b.goto(url=f"{lab.url}{page}")
            b.wait(at="main h1")
            time.sleep(0.4)
            if page == "/audit":
                open_line(b)
            found.extend(faults(b, f"{page} {scheme} {width}"))
    assert found == [], "\n".join(found)
