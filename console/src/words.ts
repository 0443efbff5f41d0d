// An approval in words. One sentence, the same wherever it stands.
import { signal } from "@preact/signals";
import type { Approval, Dataset } from "./types";

export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 1000);

const RISK = ["program", "admin", "privilege", "ddl", "truncate", "delete", "export", "update", "import", "insert", "call", "opaque", "session", "read"];

const VERBS: Record<string, string> = {
  program: "REACH OUTSIDE THE DATABASE",
  admin: "ADMINISTER",
  privilege: "CHANGE PRIVILEGES",
  ddl: "CHANGE THE SCHEMA",
  opaque: "DO SOMETHING THAT SLUICE CANNOT KNOW",
  call: "CALL CODE",
  session: "CHANGE ITS SESSION",
};

export const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1] ?? ""}`;

export function effectsByRisk(a: Approval): string[] {
  return [...(a.effects ?? [])].sort((x, y) => RISK.indexOf(x) - RISK.indexOf(y));
}

/** What it does, the risky first; a read beside something stronger goes without saying. */
export function verb(a: Approval): string {
  if (a.protocol === "policy") return "CHANGE THE POLICY";
  const all = effectsByRisk(a);
  const said = all.length > 1 ? all.filter((e) => e !== "read" && e !== "session") : all;
  return said.length === 0 ? "ACT" : listed(said.map((e) => VERBS[e] ?? e.toUpperCase()));
}

function dataset(d: Dataset): string {
  const columns = d.columns ?? [];
  return d.all_columns !== true && columns.length > 0 && columns.length <= 4 ? columns.map((c) => `${d.name}.${c}`).join(", ") : d.name;
}

function things(a: Approval): string {
  const sets = a.datasets ?? [];
  if (sets.length === 0) return "";
  const labelled = sets.filter((d) => (d.labels ?? []).length > 0);
  const first = labelled.length > 0 ? labelled : sets;
  const shown = first.slice(0, 3).map(dataset);
  return listed(sets.length > shown.length ? [...shown, count(sets.length - shown.length, "other")] : shown);
}

const others = (a: Approval): string[] => (a.requesters ?? []).filter((name) => name !== a.identity);

export function who(a: Approval): string {
  const chain = others(a);
  return chain.length === 0 ? a.identity : `${a.identity} for ${listed(chain)}`;
}

export function sentence(a: Approval): string {
  const rows = a.show?.rows_estimate;
  const what = things(a);
  const amount = rows === undefined ? "" : `about ${count(rows, "row")}${what === "" ? "" : " of"}`;
  const to = (a.effects ?? []).includes("export") ? ` to ${a.sink ?? "its client"}` : "";
  const past = a.state === "pending" || a.state === "approved" ? "wants to" : "wanted to";
  return [who(a), past, verb(a), amount, what].filter((w) => w !== "").join(" ") + `${to} on ${a.target} (${a.environment}).`;
}

export function left(until: string | undefined, at: number): string {
  if (until === undefined) return "";
  const s = Math.floor((Date.parse(until) - at) / 1000);
  if (s <= 0) return "time is over";
  if (s < 60) return `${s}s left`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${s % 60}s left`;
  return `${Math.floor(s / 3600)}h ${Math.floor((s % 3600) / 60)}m left`;
}

export const time = (text: string | undefined): string => (text === undefined ? "" : new Date(text).toLocaleString());

/** Alike: the same identity wants the same of the same target, but for literals. */
export function alikeKey(a: Approval): string {
  const sql = (a.operation?.sql ?? a.summary ?? "").replace(/'(?:[^']|'')*'/g, "?").replace(/\b\d+(?:\.\d+)?\b/g, "?").replace(/\s+/g, " ");
  return JSON.stringify([a.identity, a.target, a.rule ?? "", effectsByRisk(a), sql]);
}

export const isOpen = (a: Approval): boolean => a.state === "pending" || a.state === "approved";
export const isRunning = (a: Approval): boolean => a.state === "spent" && a.outcome === undefined;
