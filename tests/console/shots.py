"""The pictures of the console in docs/: the demonstration's shop and policy, real programs, Debian's Chromium.

Started by `script/console --screenshots`, which says where the programs are. Names, places and what happens are the same each
time; ids, digests and times are not."""

import json
import pathlib
import shutil
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "e2e"), str(HERE.parent / "lab")]

from browser import Browser             # noqa: E402
from lab import Lab           # noqa: E402
from tap import Skip                    # noqa: E402

PEOPLE = {
    "carol": ("human", None, ["engineers"]),
    "rita": ("human", None, ["data-stewards", "dba"]),
    "bob": ("human", None, ["data-stewards", "dba"]),
    "agent-7": ("agent", "carol", ["agents"]),
    "nightly": ("service", "carol", ["engineers"]),
}
WIDE, PHONE = {"width": 1200, "height": 780}, {"width": 390, "height": 844}
COPY = "create table staging.mailing as select name, email from customers where city = 'Lisbon'"


RULES = """
  - name: what agents change in staging
    when: {identity_kind: [agent], statements: [insert, update, delete], datasets: ["staging.*"]}
    then: hold
    reviewers: {groups: [data-stewards], need: 1}
    expires: 15m
  - name: a morning's reading
    when: {identity_kind: [agent], effects: [read], labels: [pii]}
    then: allow
    budget: {rows: 500, per: 1h, by: owner}
"""


def shop(lab):
    """The demonstration's shop and configuration on the laboratory's server, and two rules more."""
    lab.pg.sql("drop schema public cascade; create schema public; drop schema if exists staging cascade;"
               "grant all on schema public to app; grant create on database shop to app")
    lab.pg.sql("set role app;" + (TOP / "demo" / "shop.sql").read_text())
    lab.pg.sql("analyze")
    text = (TOP / "demo" / "sluice.yaml").read_text()
    for word, here in (("@GATE_PORT@", lab.port), ("@HTTP_PORT@", lab.http), ("@SERVER_PORT@", lab.ports[0]),
                       ("user: shop_app, password_file: shop_app.pass", "user: app, password_file: app.pass"),
                       ("    default: allow\n", "    default: allow\n    estimate: plan\n")):
        assert word in text, word
        text = text.replace(word, str(here))
    lab.write_config(f"{text.rstrip()}{RULES}"
                     f"passkeys: {{rp_id: localhost, origins: [\"http://localhost:{lab.http}\"], by_default: off}}\n")
    lab.start()
    for name in lab.deciders:
        lab.enroll(name)


def hold(lab, like, *sql, who="agent-7", reason="quarterly report for carol"):
    words = [w for text in (f"set sluice.reason = '{reason}'", "set sluice.run = 'quarterly report'", *sql) for w in ("-c", text)]
    child = lab.psql_start(*words, user=who, database="shop")
    try:
        return child, lab.pending_one(who, like=like)["id"]
    except AssertionError as why:
        child.kill()
        raise AssertionError(f"{sql}: {child.communicate()}") from why


def happen(lab):
    """A morning in the shop; what waits at its end."""
    lab.psql("select city, count(*) from customers group by city", database="shop")
    lab.psql("select name, email from customers where city = 'Oslo'", database="shop")
    lab.psql("drop table staging.import_batch", database="shop")
    lab.psql("select count(*) from orders", user="nightly", database="shop")
    for sql, like, verdict, reason in (
            (COPY, "mailing", "approve", "only Lisbon, seen with marketing"),
            ("copy (select email, ssn from customers) to stdout", "email, ssn", "deny", "nobody needs the numbers"),
            ("delete from staging.import_batch where id = 1", "id = 1$", "approve", "left over from spring")):
        child, which = hold(lab, like, sql)
        (lab.approve if verdict == "approve" else lab.deny)("bob", which, reason=reason)
        child.communicate(timeout=20)
    waiting = {}
    _, waiting["review"] = hold(lab, r"^delete from staging.import_batch where id = 2", "delete from staging.import_batch where id = 2 -- and its notes")
    for n in (7, 8, 9):
        hold(lab, rf"{n}, 'new'", f"insert into staging.import_batch values ({n}, 'new')", reason="today's deliveries")
    _, waiting["export"] = hold(lab, "^copy customers", "copy customers to stdout")
    lab.sluice("ask", waiting["review"], "Is spring's import done?", "--credential-file", lab.enroll("bob"), *lab.where(), check=True)
    lab.sluice("answer", waiting["review"], "Yes, since Monday.", "--credential-file", lab.enroll("carol"), *lab.where())
    return waiting


def sign_in(lab, b, who, at="127.0.0.1", **look):
    b.open(motion="reduce", **look)
    said = lab.sluice("console", "--credential-file", lab.enroll(who), *lab.where(), check=True).out.strip()
    b.goto(url=f"http://{at}:{lab.http}/#{urllib.parse.urlsplit(said).fragment}")
    b.wait(at="role=heading[name='Inbox']")
    b.wait(at=".live.live")


def page(lab, b, path, ready):
    b.goto(url=f"{lab.url}/{path}")
    b.wait(at=ready)


def take(lab, b, out):
    """Each picture by its name."""
    def shot(name, at="h1"):
        b.wait(at=at)
        b.eval(js="document.activeElement?.blur(); new Promise((r) => setTimeout(r, 700))")
        b.shot(path=str(out / f"console-{name}.png"))

    waiting = happen(lab)
    b.open(**WIDE)
    page(lab, b, "", "text=Open the link that it prints")
    shot("signin")
    sign_in(lab, b, "carol", **WIDE)
    page(lab, b, "agents", "role=button[name='Cancel this request']")
    shot("agents")
    sign_in(lab, b, "rita", **WIDE)
    b.wait(at=f"[data-id='{waiting['export']}']")
    shot("inbox")
    page(lab, b, f"approvals/{waiting['export']}", "#approve[aria-disabled=false]")
    b.fill(at="#reason", text="seen with finance")
    shot("review")
    b.click(at="#approve")
    shot("question", "dialog .buttons button:last-child[aria-disabled=false]")
    page(lab, b, "audit?identity=agent-7&label=pii", "li.line")
    b.click(at="li.line >> nth=1 >> button.row")
    shot("audit", ".verdict.proved")
    page(lab, b, "lineage?of=public.customers.email", ".graph [data-node$='staging.mailing.email']")
    shot("lineage")
    for path, ready in (("usage?by=dataset&since=24h", "table"), ("governance", "[data-number]"),
                        ("identities", "table"), ("health", "section[aria-label='Record']")):
        page(lab, b, path, ready)
        shot(path.split("?", maxsplit=1)[0])
    page(lab, b, "policy", "section[aria-label='Rules'] summary")
    b.click(at="summary >> text=regulated data leaves")
    b.fill(at="role=textbox[name='Asked by']", text="agent-7")
    b.fill(at="role=textbox[name='SQL']", text="copy customers to stdout")
    b.click(at="role=button[name='What would it say?']")
    shot("policy", ".outcome")
    dark(lab, b, shot, waiting)


def dark(lab, b, shot, waiting):
    """Two in the dark, one of them on a phone; and passkeys, which belong to a name."""
    sign_in(lab, b, "rita", scheme="dark", **WIDE)
    page(lab, b, f"approvals/{waiting['review']}", "#approve[aria-disabled=false]")
    shot("review-dark")
    sign_in(lab, b, "rita", scheme="dark", **PHONE)
    b.wait(at=f"[data-id='{waiting['export']}']")
    shot("phone")
    sign_in(lab, b, "rita", at="localhost", **WIDE)
    b.authenticator()
    b.goto(url=f"http://localhost:{lab.http}/passkeys")
    b.fill(at="role=textbox[name='A name for it (if you like)']", text="office laptop")
    b.click(at="#enrol")
    shot("passkeys", "role=heading[name='office laptop']")


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    with Lab(people=PEOPLE, deciders=("carol", "rita", "bob"), start=False) as lab:
        shop(lab)
        take(lab, Browser(lab), out)
    sizes = {f.name: f.stat().st_size for f in sorted(out.glob("console-*.png"))}
    print(json.dumps(sizes, indent=1), sum(sizes.values()))


if __name__ == "__main__":
    try:
        main(pathlib.Path(sys.argv[1]).resolve())
    except Skip as why:
        print(f"screenshots: {why}", file=sys.stderr)
        sys.exit(77)
