// Sentences, verdicts and rules in words, as tables: whatever a page says of a request comes from these functions. Run by
// script/console, on what the compiler makes of src/sentence.ts, src/verdict.ts and src/rule.ts.
import assert from "node:assert/strict";
import { contentOf, left, sentence, verb, who } from "../pure/sentence.js";
import { actVerdict, requestVerdict, sign } from "../pure/verdict.js";
import { ruleWords } from "../pure/rule.js";

const base = {
  id: "1", state: "pending", identity: "agent-7", target: "finance", environment: "production", protocol: "postgres", digest: "d",
  requirements: [{ rule: "r", groups: ["dba"], identities: [], need: 1, have: 0 }], votes: [], may_decide: true, mine: false,
};
const data = (name, effects, more = {}) => ({ name, effects, ...more });
const orders = (effect) => ({ effects: ["read", effect], datasets: [data("public.orders", ["read", effect])] });

const SENTENCES = [
  ["the issue's own", { requesters: ["agent-7", "carol"], effects: ["read", "export"], show: { rows_estimate: 48000 },
    datasets: [data("customers", ["read", "export"], { columns: ["email", "ssn"], labels: ["pii"] })] },
    "agent-7 for carol wants to EXPORT about 48,000 rows of customers.email, customers.ssn to its client on finance (production)."],
  ["a sink with a name", { effects: ["export"], sink: "s3-backup", datasets: [data("public.orders", ["export"])] },
    "agent-7 wants to EXPORT public.orders to s3-backup on finance (production)."],
  ["no owner, no rows, no columns", { ...orders("delete") }, "agent-7 wants to DELETE from public.orders on finance (production)."],
  ["one row", { ...orders("delete"), show: { rows_estimate: 1 } },
    "agent-7 wants to DELETE about 1 row of public.orders on finance (production)."],
  ["no rows at all", { ...orders("update"), show: { rows_estimate: 0 } },
    "agent-7 wants to UPDATE about 0 rows of public.orders on finance (production)."],
  ["an owner and a trigger", { ...orders("insert"), requesters: ["agent-7", "carol", "dave"] },
    "agent-7 for carol and dave wants to INSERT into public.orders on finance (production)."],
  ["itself is no chain", { ...orders("insert"), requesters: ["agent-7"] },
    "agent-7 wants to INSERT into public.orders on finance (production)."],
  ["read alone is said", { effects: ["read"], datasets: [data("public.orders", ["read"], { columns: ["item"] })] },
    "agent-7 wants to READ public.orders.item on finance (production)."],
  ["import", orders("import"), "agent-7 wants to IMPORT into public.orders on finance (production)."],
  ["truncate", orders("truncate"), "agent-7 wants to TRUNCATE public.orders on finance (production)."],
  ["ddl", orders("ddl"), "agent-7 wants to CHANGE THE SCHEMA with public.orders on finance (production)."],
  ["privilege", orders("privilege"), "agent-7 wants to CHANGE PRIVILEGES with public.orders on finance (production)."],
  ["admin", { effects: ["admin"] }, "agent-7 wants to ADMINISTER on finance (production)."],
  ["program", { effects: ["program"] }, "agent-7 wants to REACH OUTSIDE THE DATABASE on finance (production)."],
  ["call", { effects: ["call", "read"] }, "agent-7 wants to CALL CODE on finance (production)."],
  ["session", { effects: ["session"] }, "agent-7 wants to CHANGE ITS SESSION on finance (production)."],
  ["opaque", { effects: ["opaque"] }, "agent-7 wants to DO SOMETHING THAT SLUICE CANNOT KNOW on finance (production)."],
  ["nothing known", { effects: [] }, "agent-7 wants to ACT on finance (production)."],
  ["the riskier first", { effects: ["insert", "delete", "export"],
    datasets: [data("a.a", ["insert"]), data("b.b", ["delete"]), data("c.c", ["export"])] },
    "agent-7 wants to DELETE, EXPORT and INSERT from a.a, b.b and c.c to its client on finance (production)."],
  ["labelled data first, and what is only read for it", { effects: ["read", "update"],
    datasets: [data("a.a", ["update"], { columns: ["x"] }), data("p.p", ["read"], { columns: ["ssn"], labels: ["pii"] }), data("q.q", ["read"])] },
    "agent-7 wants to UPDATE a.a.x reading p.p.ssn on finance (production)."],
  ["many: how much is not named is said", { effects: ["delete"], datasets: "abcdef".split("").map((n) => data(`s.${n}`, ["delete"])) },
    "agent-7 wants to DELETE from s.a, s.b, s.c and 3 others on finance (production)."],
  ["all columns are the table", { effects: ["export"], datasets: [data("t.t", ["export"], { columns: ["a"], all_columns: true })] },
    "agent-7 wants to EXPORT t.t to its client on finance (production)."],
  ["more than four columns are the table", { effects: ["export"], datasets: [data("t.t", ["export"], { columns: [..."abcde"] })] },
    "agent-7 wants to EXPORT t.t to its client on finance (production)."],
  ["over", { ...orders("delete"), state: "denied" }, "agent-7 wanted to DELETE from public.orders on finance (production)."],
  ["no environment", { ...orders("delete"), environment: "" }, "agent-7 wants to DELETE from public.orders on finance."],
  ["the policy", { protocol: "policy", effects: ["admin"] }, "agent-7 wants to CHANGE THE POLICY on finance (production)."],
  ["a passkey", { protocol: "sluice", statements: ["enrol passkey"] }, "agent-7 wants to ENROL A PASSKEY on finance (production)."],
];
for (const [name, more, want] of SENTENCES) assert.equal(sentence({ ...base, ...more }), want, name);
const EFFECTS = "read insert update delete truncate export import ddl privilege admin program call session opaque".split(" ");
for (const e of EFFECTS) assert.notEqual(verb({ ...base, effects: [e] }), "ACT", e);
assert.equal(new Set(EFFECTS.map((e) => verb({ ...base, effects: [e] }))).size, EFFECTS.length);
assert.equal(who({ ...base, requesters: ["carol", "agent-7"] }), "agent-7 for carol");

const at = Date.parse("2026-01-01T00:00:00Z");
for (const [until, want] of [
  [undefined, ""], ["2026-01-01T00:00:00Z", "time is over"], ["2026-01-01T00:00:59.9Z", "59s left"], ["2026-01-01T00:01:00Z", "1m 0s left"],
  ["2026-01-01T00:59:59Z", "59m 59s left"], ["2026-01-02T02:30:00Z", "26h 30m left"],
])
  assert.equal(left(until, at), want, until);

// Whatever of these changes makes buttons rest.
const CHANGES = {
  digest: "e", state: "approved", may_decide: false, may_not_reason: "VOTED", may_break_glass: true, proof: "passkey", keys: "device-bound",
  requirements: [{ ...base.requirements[0], have: 1 }], votes: [{ identity: "rita", decision: "approve", reason: "" }],
  messages: [{ kind: "question", identity: "rita", text: "why?" }], show: { rows_estimate: 7 }, rows: 10, delivered: 5,
  last_alike: { id: "2" }, held_why: "because", reason: "other", outcome: { outcome: "ok" },
};
for (const [key, value] of Object.entries(CHANGES)) assert.notEqual(contentOf({ ...base, [key]: value }), contentOf(base), key);
const asked = { ...base, messages: [{ kind: "question", identity: "rita", text: "why?" }] };
const answered = { ...asked, messages: [...asked.messages, { kind: "answer", identity: "carol", text: "so" }] };
assert.notEqual(contentOf(asked), contentOf(answered));
assert.notEqual(contentOf({ ...base, show: { no_estimate: "too slow" } }), contentOf(base));
const need = (n) => ({ ...base, requirements: [{ ...base.requirements[0], need: n }] });
assert.notEqual(contentOf(need(1)), contentOf(need(2)));
for (const same of [{ client_gone: true }, { waiting: true }, { expires_at: "x" }])     // a requester could do these for ever
  assert.equal(contentOf({ ...base, ...same }), contentOf(base));

for (const [act, want, mark] of [
  [{ standing: "committed", verdict: "allow" }, "allowed", "✓"],
  [{ standing: "committed" }, "allowed", "✓"],
  [{ standing: "committed", verdict: "hold", approval: "1", approvers: "rita, bob" }, "approved by rita, bob", "✓"],
  [{ standing: "committed", verdict: "hold", approval: "1" }, "approved", "✓"],
  [{ standing: "committed", verdict: "hold" }, "only watched: hold", "✓"],
  [{ standing: "unknown", verdict: "hold", approvers: "rita" }, "unknown (approved by rita)", "?"],
  [{ standing: "unknown", verdict: "allow" }, "unknown (allowed)", "?"],
  ...["denied", "expired", "cancelled", "revoked", "lapsed"].map((s) => [{ standing: s, verdict: "hold" }, `attempted: ${s}`, "✕"]),
]) {
  assert.equal(actVerdict(act), want);
  assert.equal(sign(want), mark, want);
}
for (const [a, want, mark] of [
  [{ state: "pending" }, "not decided", "…"], [{ state: "approved" }, "approved, not run", "…"], [{ state: "spent" }, "approved, running", "…"],
  [{ state: "spent", outcome: { outcome: "ok" } }, "approved", "✓"], [{ state: "spent", outcome: { outcome: "unknown" } }, "unknown (approved)", "?"],
  [{ state: "spent", outcome: { outcome: "failed" } }, "attempted: failed", "✕"], [{ state: "denied" }, "attempted: denied", "✕"],
]) {
  assert.equal(requestVerdict(a), want);
  assert.equal(sign(want), mark, want);
}

const hold = (more, when = { effects: ["export"] }) => ({ name: "r", then: "hold", when, reviewers: { groups: ["dba"], need: 1 }, ...more });
const RULES = [
  [hold({ expires: "15m", grant_ttl: "5m" }, { effects: ["export"], labels: ["pii", "financial"] }),
    "When anybody exports touching data labelled pii or financial, it waits until one of dba says yes. To decide there are 15m, to run it afterwards 5m."],
  [hold({ reviewers: { groups: ["dba", "leads"], identities: ["bob"], need: 2 } },
    { identity_kind: ["agent"], groups: ["agents"], effects: ["insert", "update", "delete"], datasets: ["public.orders", "staging.*"], environment: ["production"] }),
    "When an agent of the group agents inserts, updates or deletes touching public.orders or staging.* in production, " +
    "it waits until 2 different people of dba, leads or bob say yes."],
  [{ name: "r", then: "deny", when: { identity_kind: ["agent"], statements: ["drop", "truncate"] } },
    "When an agent sends drop or truncate, it is refused."],
  [{ name: "r", then: "deny", when: { identities: ["bot-*"], effects: ["program"], statements: ["copy"], targets: ["finance"], protocol: ["postgres"] } },
    "When bot-* reaches outside the database and sends copy on finance over postgres, it is refused."],
  [{ name: "r", then: "deny", when: { identities: ["x"], identity_kind: ["human", "service"], groups: ["a", "b"] } },
    "When x of the group a or b, being a person or a service does anything, it is refused."],
  [{ name: "r", then: "allow", when: { effects: ["read"], labels: ["pii"] }, budget: { rows: 500, per: "1h", by: "owner" } },
    "When anybody reads touching data with no other labels than pii, it flows. Up to 500 rows in 1h, added up for an owner and all that it owns; what goes beyond is held."],
  [{ name: "r", then: "allow", budget: { rows: 1, bytes: "10MB", statements: 3, per: "run", by: "run" } },
    "When anybody does anything that Sluice can know, it flows. Up to 1 row, 10MB and 3 statements in a run, added up for that run; what goes beyond is held."],
  [hold({ reviewers: undefined, max_wait: "1s", proof: "passkey", keys: "device-bound", reason: "required", in_transaction: "refuse", record: "shape",
    sync: "all", notify: ["ops"], elevate: { login: "dba" } }, { effects: ["ddl"], hours: ["mon-fri 09:00-17:30"] }),
    "When anybody changes the schema at mon-fri 09:00-17:30 UTC, it waits until the target's reviewers say yes. Once granted it runs as the login dba, that statement alone. " +
    "The client is kept waiting for at most 1s. Each yes is signed with a passkey. The passkey must not be able to leave its device. " +
    "Who asks has to say why. In a transaction that has locks it is refused instead. Literals are recorded as commitments only. It is on disk before it runs. It is told to ops."],
  [hold({ proof: "any", keys: "any", reason: "optional", in_transaction: "hold", record: "full", sync: "held" }),
    "When anybody exports, it waits until one of dba says yes."],
  [hold({ moon: "full", proof: "blood" }, { effects: ["export"], weather: ["rain"] }),
    "When anybody exports, it waits until one of dba says yes. The text below says more: moon, proof, weather."],
];
for (const [rule, want] of RULES) assert.equal(ruleWords(rule), want);
for (const e of EFFECTS) assert.ok(!ruleWords(hold({}, { effects: [e] })).includes(`does ${e}`), e);
for (const key of "identities groups identity_kind targets environment protocol effects statements datasets labels hours".split(" "))
  assert.notEqual(ruleWords(hold({}, { [key]: ["value-7"] })), ruleWords(hold({}, {})), `${key} is not said`);
console.log("sentences, verdicts and rules say what they should");
