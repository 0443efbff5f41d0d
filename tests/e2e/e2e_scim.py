"""Provisioning: what an identity provider pushes (SCIM 2.0), as Okta and Entra send it, and what it leads to."""

import hashlib
import http.client
import json
import urllib.parse

from lab import wait_for

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SHARED = {}


def change(config):
    config["issuers"] = [
        {"name": "corp", "issuer": "http://127.0.0.1:9/corp", "client_id": "sluice",
         "groups": [{"theirs": "Stewards", "ours": "data-stewards"}, {"theirs": "Partners", "ours": "partners"}]},
        {"name": "other", "issuer": "http://127.0.0.1:9/other", "client_id": "sluice", "groups_claim": "groups", "group_prefix": "o-"}]


LAB = {"change": change}


def credential(lab, issuer="corp"):
    if issuer not in SHARED:
        done = lab.manage("idp", "scim", issuer)
        SHARED[issuer] = done.out.strip()
        assert SHARED[issuer].startswith("slp_"), done
    return SHARED[issuer]


def call(lab, method, path, body=None, token=None, kind="application/scim+json"):
    connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
    headers = {"Authorization": f"Bearer {token or credential(lab)}"}
    if body is not None:
        headers["Content-Type"] = kind
    connection.request(method, "/scim/v2" + path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    said = json.loads(text) if text else None
    if answer.status in (200, 201):
        assert answer.getheader("Content-Type").startswith("application/scim+json"), answer.getheaders()
    return answer.status, said


def find(lab, what, expression, **more):
    query = urllib.parse.urlencode({"filter": expression, **more}, quote_via=urllib.parse.quote)
    status, said = call(lab, "GET", f"/{what}?{query}")
    assert status == 200, said
    return said["Resources"]


def user(lab, user_name, subject, **more):
    status, said = call(lab, "POST", "/Users", {"schemas": [USER], "userName": user_name, "externalId": subject, **more})
    assert status == 201, said
    return said


def patch(lab, what, one, *operations):
    return call(lab, "PATCH", f"/{what}/{one['id']}", {"schemas": [PATCH], "Operations": list(operations)})


def named(lab, subject):
    """What Sluice calls whom the provider brings: the issuer's name, and a hash that nobody chooses"""
    return "corp-" + hashlib.sha256(f"sluice/account/v1\nhttp://127.0.0.1:9/corp\n{subject}".encode()).hexdigest()[:16]


def identity(lab, name):
    listed = json.loads(lab.manage("identity", "list", "--json").out)["identities"]
    return next(i for i in listed if i["name"] == name)


def approve(lab, approval, who):
    return lab.sluice("approve", approval["id"], "--reason", "fine", "--yes", "--credential-file", lab.enroll(who), *lab.where())


def state(lab, approval):
    done = lab.sluice("show", approval["id"], "--json", "--credential-file", lab.enroll("bob"), *lab.where(), check=True)
    return json.loads(done.out)


def test_users(lab):
    """created, found, renamed, told twice: an identity with an account, once"""
    one = user(lab, "nora@example.com", "00u1", name={"givenName": "Nora", "familyName": "B"}, active=True)
    assert one["active"] and one["displayName"] == "Nora B" and one["meta"]["location"].endswith(one["id"]), one
    who = identity(lab, named(lab, "00u1"))
    assert who["kind"] == "human" and who["status"] == "active" and who["accounts"][0]["subject"] == "00u1", who
    status, said = call(lab, "POST", "/Users", {"schemas": [USER], "userName": "NORA@example.com", "externalId": "00u2"})
    assert status == 409 and said["scimType"] == "uniqueness", said
    assert [u["id"] for u in find(lab, "Users", 'userName eq "Nora@Example.com"')] == [one["id"]]
    assert [u["id"] for u in find(lab, "Users", 'externalId eq "00u1"')] == [one["id"]]
    assert find(lab, "Users", 'externalId eq "00U1"') == []
    assert patch(lab, "Users", one, {"op": "Replace", "value": {"displayName": "N", "name.givenName": "x"}})[1]["displayName"] == "N"
    status, said = patch(lab, "Users", one, {"op": "replace", "path": "externalId", "value": "other"})
    assert status == 400 and said["scimType"] == "mutability", said
    assert call(lab, "POST", "/Users", {"schemas": [USER], "userName": "x"})[0] == 400     # whose subject is it?
    assert call(lab, "GET", "/Users?filter=userName%20co%20%22x%22")[1]["scimType"] == "invalidFilter"
    assert call(lab, "GET", f"/Users/{one['id'][:8]}")[0] == 404
    status, said = call(lab, "PUT", f"/Users/{one['id']}", {"schemas": [USER], "userName": "nora2", "externalId": "00u1"}, kind="application/json")
    assert status == 200 and said["userName"] == "nora2" and identity(lab, named(lab, "00u1")), said


def test_names_of_others(lab):
    """a userName that somebody has here makes nobody them"""
    one = user(lab, "carol", "sub-of-a-stranger")
    names = [i["name"] for i in json.loads(lab.manage("identity", "list", "--json").out)["identities"]
             if any(a["subject"] == "sub-of-a-stranger" for a in i["accounts"])]
    assert names == [named(lab, "sub-of-a-stranger")], names        # nothing of it is of anybody's choice
    assert identity(lab, names[0])["display"] == "carol"
    assert patch(lab, "Users", one, {"op": "replace", "path": "active", "value": False})[0] == 200
    assert identity(lab, "carol")["status"] == "active"


def test_groups(lab):
    """members as Okta and Entra tell them: groups of ours, by the configuration; taken away with the user"""
    a, b = user(lab, "ann", "g-1"), user(lab, "ben", "g-2")
    status, group = call(lab, "POST", "/Groups", {"schemas": [GROUP], "displayName": "Stewards", "members": [{"value": a["id"]}]})
    assert status == 201 and [m["value"] for m in group["members"]] == [a["id"]], group
    assert identity(lab, named(lab, "g-1"))["groups"] == ["data-stewards"]
    assert patch(lab, "Groups", group, {"op": "Add", "path": "members", "value": [{"$ref": None, "value": b["id"]}]})[0] == 200
    assert identity(lab, named(lab, "g-2"))["groups"] == ["data-stewards"]
    found = find(lab, "Groups", f'id eq "{group["id"]}" and members eq "{b["id"]}"', excludedAttributes="members")
    assert len(found) == 1 and "members" not in found[0], found
    assert patch(lab, "Groups", group, {"op": "remove", "path": f'members[value eq "{a["id"]}"]'})[0] == 200
    assert identity(lab, named(lab, "g-1"))["groups"] == []
    assert patch(lab, "Groups", group, {"op": "replace", "value": {"id": group["id"], "displayName": "Partners"}})[0] == 200
    assert identity(lab, named(lab, "g-2"))["groups"] == ["partners"]
    status, said = patch(lab, "Groups", group, {"op": "add", "path": "members", "value": [{"value": a["id"]}]},
                         {"op": "add", "path": "members", "value": [{"value": "nobody"}]})
    assert status == 400 and identity(lab, named(lab, "g-1"))["groups"] == [], said    # nothing of it counts
    assert call(lab, "DELETE", f"/Groups/{group['id']}") == (204, None)
    assert identity(lab, named(lab, "g-2"))["groups"] == []
    status, said = call(lab, "POST", "/Groups", {"schemas": [GROUP], "displayName": "g"}, token=credential(lab, "other"))
    assert status == 409 and "groups_claim" in said["detail"], said


def test_a_reviewer_goes(lab):
    """a deprovisioned reviewer's yes lapses: given and granted, given and waiting for another; also when they come back"""
    lab.manage("identity", "account", "rita", "--issuer", "corp", "--subject", "rita-sub")
    rita = user(lab, "rita-at-corp", "rita-sub")
    client = lab.raw("agent-7")
    client.query("delete from staging.scratch where id = 1")
    granted = lab.pending_one("agent-7")
    client.close()
    assert approve(lab, granted, "rita").rc == 0
    other = lab.raw("agent-7")
    other.query("delete from staging.pair where id = 2")
    waiting = wait_for(lambda: [x for x in lab.pending("agent-7") if x["id"] != granted["id"]], 10, "the second")[0]
    assert approve(lab, waiting, "rita").rc == 0
    status, said = patch(lab, "Users", rita, {"op": "Replace", "path": "active", "value": [{"value": "False"}]})
    assert status == 200 and not said["active"], said
    assert state(lab, granted)["state"] == "revoked", state(lab, granted)
    who = identity(lab, "rita")
    assert who["status"] == "disabled" and who["accounts"] == [], who
    assert approve(lab, waiting, "rita").rc != 0
    approve(lab, waiting, "bob")
    told = state(lab, waiting)
    assert told["state"] == "pending" and [v["decision"] for v in told["votes"]] == ["lapsed", "approve"], told
    assert not lab.ran("staging.pair where id = 2") and not lab.ran("staging.scratch where id = 1")
    other.close()
    status, said = patch(lab, "Users", rita, {"op": "replace", "value": {"active": True}})
    assert status == 200 and identity(lab, "rita")["status"] == "active", said
    assert len(identity(lab, "rita")["accounts"]) == 1


def test_who_an_operator_disabled(lab):
    """stays disabled, whatever the provider says"""
    one = user(lab, "dora", "d-1")
    lab.manage("identity", "disable", named(lab, "d-1"))
    patch(lab, "Users", one, {"op": "replace", "value": {"active": False}})
    status, said = patch(lab, "Users", one, {"op": "replace", "value": {"active": True}})
    assert status == 409 and "operator" in said["detail"], said
    assert identity(lab, named(lab, "d-1"))["status"] == "disabled"


def test_what_the_credential_can_do(lab):
    """nothing else; nobody else's opens this door; a new one ends the old; one issuer sees nothing of another's"""
    def plain(path, token):
        connection = http.client.HTTPConnection("127.0.0.1", lab.http, timeout=10)
        connection.request("GET", path, None, {"Authorization": f"Bearer {token}"})
        status = connection.getresponse().status
        connection.close()
        return status
    assert plain("/v1/whoami", credential(lab)) == 401 and plain("/v1/approvals", credential(lab)) == 401
    decider = json.loads(lab.enroll("bob").read_text())["credential"]
    assert plain("/scim/v2/Users", decider) == 401 and plain("/scim/v2/Users", lab.token("agent-7")) == 401
    assert call(lab, "GET", "/Users", token=credential(lab, "other"))[1]["totalResults"] == 0
    one = user(lab, "somebody", "s-1")
    assert call(lab, "DELETE", f"/Users/{one['id']}", token=credential(lab, "other"))[0] == 404
    old, = [SHARED.pop("other")]
    credential(lab, "other")
    assert plain("/scim/v2/Users", old) == 401
    assert call(lab, "GET", "/ServiceProviderConfig")[1]["patch"]["supported"] is True
    schema = USER
    assert call(lab, "GET", f"/Schemas/{schema}")[1]["id"] == schema and call(lab, "GET", "/Schemas/User")[0] == 404
    assert call(lab, "GET", "/ResourceTypes/Group")[1]["name"] == "Group" and call(lab, "GET", "/ResourceTypes/Door")[0] == 404
    assert len(call(lab, "GET", "/Schemas")[1]["Resources"]) == 2 and len(call(lab, "GET", "/ResourceTypes")[1]["Resources"]) == 2


def test_delete_and_restart(lab):
    """a deleted user is disabled, and everything is as it was after a restart"""
    one, stays = user(lab, "eva", "e-1"), user(lab, "fay", "f-1")
    assert call(lab, "DELETE", f"/Users/{one['id']}") == (204, None)
    assert identity(lab, named(lab, "e-1"))["status"] == "disabled" and find(lab, "Users", 'userName eq "eva"') == []
    before = call(lab, "GET", "/Users?count=50")[1]
    lab.restart()
    wait_for(lambda: call(lab, "GET", "/Users?count=50")[1] == before, 10, "the same users")
    assert call(lab, "GET", f"/Users/{stays['id']}")[1]["userName"] == "fay"
    status, said = call(lab, "POST", "/Users", {"schemas": [USER], "userName": "eva", "externalId": "e-1", "active": True})
    assert status in (403, 409) and "an operator links it again" in said["detail"], said    # no second eva (P4)
    listed = json.loads(lab.manage("identity", "list", "--json").out)["identities"]
    assert [i["name"] for i in listed if i.get("display") == "eva"] == [named(lab, "e-1")], listed


def test_an_operators_no_stays(lab):
    """whom the provider turned off and an operator disabled, the provider does not turn on again; nor is a pause taken back"""
    one, two = user(lab, "ottilie", "otti-1"), user(lab, "quentin", "quen-1")

    def turn(who, on):
        return call(lab, "PATCH", f"/Users/{who['id']}", {"schemas": [PATCH], "Operations": [
            {"op": "replace", "path": "active", "value": on}]})
    assert turn(one, False)[0] in (200, 204)
    lab.manage("identity", "disable", named(lab, "otti-1"))
    status, said = turn(one, True)
    assert status >= 400 and "only an operator" in said["detail"], said
    assert identity(lab, named(lab, "otti-1"))["status"] == "disabled"
    lab.manage("identity", "pause", named(lab, "quen-1"))
    assert turn(two, False)[0] in (200, 204) and turn(two, True)[0] in (200, 204)
    assert identity(lab, named(lab, "quen-1"))["status"] == "paused"
