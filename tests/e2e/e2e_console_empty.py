"""The console right after the installation: nothing happened yet, and each page says what to do next."""

from e2e_console import LOOKS, browser_of, sign_in
from lab import wait_for
from looks import faults


def change(config):
    config["policy"] = []
    config["roles"] = {"admins": {"groups": ["admins"]}, "auditors": {"groups": ["auditors"]}}


LAB = {"change": change, "people": {"ada": ("human", None, ["admins", "auditors"])}, "deciders": ("ada",)}

# Where, what is empty there, and the next step that it names: the words, and those that are set as a command or file.
EMPTY = (
    ("", "section[aria-label='Waits for you'] .empty", ("Nothing waits for your decision", "appears here by itself"), ()),
    ("", "section[aria-label='Waits, but not for you'] .empty", ("with the reason",), ()),
    ("", "section[aria-label='Running and recently over'] .empty", ("Audit",), ()),
    ("agents", "section[aria-label='Agents and services'] .empty", ("You own none",),
     ("sluice identity add NAME --kind agent --owner YOU",)),
    ("agents", "section[aria-label='Waiting'] .empty", ("and Sluice holds, stands here",), ()),
    ("agents", "section[aria-label='Refused'] .empty", ("with its reason",), ()),
    ("agents", "section[aria-label='Denied at once'] .empty", ("denied at once",), ()),
    ("audit?kind=actions", "section[aria-label='What was found'] .empty", ("leave one out, or look further back",),
     ("public.customers",)),
    ("lineage", "main > .empty", ("Name a dataset or a column",), ()),
    ("lineage?of=public.customers", "main > .empty", ("Names are schema.table",), ()),
    ("lineage?of=public.customers&to=staging.copy", "main > .empty", ("No data went from one to the other",), ()),
    ("usage", "main > .empty", ("is counted here within a second",), ("SET sluice.run = '…'",)),
    ("governance", "main > .empty", ("Nothing was held in that time",), ("then: hold", "sluice explain")),
    ("policy", "section[aria-label='Rules'] .empty", ("There are none", "try it below"), ("policy:", "sluice check")),
    ("identities", "main > .empty", ("No agent or service yet",),
     ("sluice identity add NAME --kind agent --owner YOU", "sluice token create NAME")),
    ("passkeys", "section[aria-label='Yours'] .empty", ("None yet", "makes one in a few seconds"), ()),
)


def test_teaches(lab):
    """fresh from the installation each page says that nothing is there, why, and what to do next"""
    b = sign_in(lab, "ada")
    for page, at, words, commands in EMPTY:
        b.goto(url=f"{lab.url}/{page}")
        b.wait(at=at)
        said = " ".join(b.text(at=at).split())
        assert all(w in said for w in words), (page, said)
        assert all(c in b.texts(at=f"{at} code") for c in commands), (page, b.texts(at=f"{at} code"))
    b.goto(url=f"{lab.url}/health")
    b.wait(at="section[aria-label='Record']")
    assert [c for c in b.complaints() if "404" not in c] == []


def test_accessible(lab):
    """axe finds nothing on the empty pages, at 320 and 1440 pixels, light and dark; nothing is too wide, nothing moves"""
    b, found = browser_of(lab), []
    for scheme, width in LOOKS:
        sign_in(lab, "ada", scheme=scheme, width=width, height=800, motion="reduce")
        for page, at in dict((page, at) for page, at, *_ in EMPTY).items():
            b.goto(url=f"{lab.url}/{page}")
            b.wait(at=at)
            found += faults(b, f"/{page} {scheme} {width}")
    assert found == [], "\n".join(found)


def test_commands_are_true(lab):
    """what the pages tell to run is taken: an agent is made, gets a token, and the page has no need to teach any more"""
    b = sign_in(lab, "ada")
    b.goto(url=f"{lab.url}/identities")
    b.wait(at="main > .empty")
    lab.manage("identity", "add", "first", "--kind", "agent", "--owner", "ada", "--group", "agents")
    assert lab.token("first").startswith("sl")
    b.goto(url=f"{lab.url}/identities")
    b.wait(at="tr:has-text('first')")
    assert b.count(at="main > .empty") == 0
    b.fill(at="input[type=search]", text="nobody at all")
    b.wait(at="main > .empty >> text=Nobody is called like that")
    b.goto(url=f"{lab.url}/agents")
    b.wait(at="section[aria-label='Agents and services'] >> text=first")
    assert b.count(at="section[aria-label='Agents and services'] .empty") == 0
    assert lab.sluice("check", "--config", "sluice.yaml").rc == 0
    assert lab.psql("select 1", user="first").rc == 0
    wait_for(lambda: lab.ask("ada", "GET", "/v1/usage?by=identity&since=24h")[1]["usage"], 10, "its use")
    b.goto(url=f"{lab.url}/usage")
    b.wait(at="table >> text=first")
    assert b.count(at="main > .empty") == 0
