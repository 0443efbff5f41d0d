// One sentence for a request, the same wherever it stands, and the other words that need no page: tried as a table by
// test/pure.mjs.
import type { Approval, Dataset } from "./types";

const RISK = [
  "program",
  "admin",
  "privilege",
  "ddl",
  "truncate",
  "delete",
  "export",
  "update",
  "import",
  "insert",
  "call",
  "opaque",
  "session",
  "read",
];

const VERBS: Record<string, string> = {
  program: "REACH OUTSIDE THE DATABASE",
  admin: "ADMINISTER",
  privilege: "CHANGE PRIVILEGES",
  ddl: "CHANGE THE SCHEMA",
  opaque: "DO SOMETHING THAT SLUICE CANNOT KNOW",
  call: "CALL CODE",
  session: "CHANGE ITS SESSION",
};

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1] ?? ""}`;

export function effectsByRisk(a: Approval): string[] {
  return [...(a.effects ?? [])].sort((x, y) => RISK.indexOf(x) - RISK.indexOf(y));
}

/** What it does, the risky first; a read beside something stronger goes without saying. */
export function verb(a: Approval): string {
  if (a.protocol === "policy") return "CHANGE THE POLICY";
  if (a.protocol === "sluice" && (a.statements ?? [])[0] === "enrol passkey") return "ENROL A PASSKEY";
  if (a.protocol === "sluice") return `ADMINISTER: ${a.summary ?? "who is who"},`;
  const said = saidEffects(a);
  return said.length === 0 ? "ACT" : listed(said.map((e) => VERBS[e] ?? e.toUpperCase()));
}

/** The effects that the sentence says, and that choose the data it names. */
function saidEffects(a: Approval): string[] {
  const all = effectsByRisk(a);
  return all.length > 1 ? all.filter((e) => e !== "read" && e !== "session") : all;
}

const BY_COLUMN = new Set(["read", "export", "update"]);

function dataset(d: Dataset): string {
  const columns = d.columns ?? [];
  const byColumn =
    d.effects.some((e) => BY_COLUMN.has(e)) && d.all_columns !== true && columns.length > 0 && columns.length <= 4;
  return byColumn ? columns.map((c) => `${d.name}.${c}`).join(", ") : d.name;
}

const hasLabels = (d: Dataset): boolean => (d.labels ?? []).length > 0;

/** Labelled data first; how much is not named is said. */
function things(sets: readonly Dataset[]): string {
  const ordered = [...sets].sort((x, y) => Number(hasLabels(y)) - Number(hasLabels(x)));
  const names = [...new Set(ordered.map(dataset))];
  return listed(names.length > 4 ? [...names.slice(0, 3), count(names.length - 3, "other")] : names);
}

/** What the said effects are about, and the labelled data that is only read for it. */
function touched(a: Approval): { main: Dataset[]; read: Dataset[] } {
  const said = new Set(saidEffects(a));
  const isMain = (d: Dataset): boolean => d.effects.some((e) => said.has(e));
  const all = a.datasets ?? [];
  return { main: all.filter(isMain), read: all.filter((d) => !isMain(d) && hasLabels(d)) };
}

const JOINS: Record<string, string> = {
  delete: "from",
  insert: "into",
  import: "into",
  export: "",
  read: "",
  update: "",
  truncate: "",
};

/** "about 7 rows of", "from", "": between the verb and the data. */
function join(a: Approval): string {
  const rows = a.show?.rows_estimate;
  if (rows !== undefined) return `about ${count(rows, "row")} of`;
  const first = saidEffects(a)[0];
  return first === undefined ? "" : (JOINS[first] ?? "with");
}

const others = (a: Approval): string[] => (a.requesters ?? []).filter((name) => name !== a.identity);

export function who(a: Approval): string {
  const chain = others(a);
  return chain.length === 0 ? a.identity : `${a.identity} for ${listed(chain)}`;
}

export function sentence(a: Approval): string {
  const { main, read } = touched(a);
  const what = things(main);
  const from = read.length === 0 ? "" : ` reading ${things(read)}`;
  const to = (a.effects ?? []).includes("export")
    ? ` to ${a.sink === undefined || a.sink === "" ? "its client" : a.sink}`
    : "";
  const past = a.state === "pending" || a.state === "approved" ? "wants to" : "wanted to";
  const words = [who(a), past, verb(a), ...(what === "" ? [] : [join(a), what])];
  return `${words.filter((w) => w !== "").join(" ")}${from}${to} on ${a.target}${a.environment === "" ? "" : ` (${a.environment})`}.`;
}

export function left(until: string | undefined, at: number): string {
  if (until === undefined) return "";
  const s = Math.floor((Date.parse(until) - at) / 1000);
  if (s <= 0) return "time is over";
  if (s < 60) return `${s}s left`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${s % 60}s left`;
  return `${Math.floor(s / 3600)}h ${Math.floor((s % 3600) / 60)}m left`;
}

/** All that a decision is about and that may still change while one looks: buttons rest when it does. Not whether the
 * client waits: a requester that comes and goes could keep a reviewer from ever deciding. */
export const contentOf = (a: Approval): string =>
  JSON.stringify([
    a.digest,
    a.state,
    a.may_decide,
    a.may_not_reason,
    a.may_break_glass,
    a.proof,
    a.keys,
    a.requirements.map((r) => [r.rule, r.need, r.have, r.text, r.groups, r.identities]),
    a.votes.map((v) => [v.identity, v.decision, v.reason]),
    a.messages?.map((m) => [m.kind, m.identity, m.text]),
    a.show?.rows_estimate,
    a.show?.no_estimate,
    a.rows,
    a.delivered,
    a.last_alike?.id,
    a.held_why,
    a.reason,
    a.outcome?.outcome,
  ]);
