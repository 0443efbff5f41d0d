// A rule of the policy as a sentence. Whatever is not said in it is named at its end: the text of the file stands below.
import { count } from "./sentence";

export interface RuleFacts {
  name: string;
  then: string;
  when?: Record<string, string[]>;
  reviewers?: { groups?: string[]; identities?: string[]; need?: number };
  budget?: { rows?: number; bytes?: number | string; statements?: number; per?: string; by?: string };
  elevate?: { login?: string };
  [more: string]: unknown;
}

const DOES: Record<string, string> = {
  read: "reads",
  insert: "inserts",
  update: "updates",
  delete: "deletes",
  truncate: "truncates",
  export: "exports",
  import: "imports",
  ddl: "changes the schema",
  privilege: "changes privileges",
  admin: "administers",
  program: "reaches outside the database",
  call: "calls code",
  session: "changes its session",
  opaque: "does what Sluice cannot know",
};

const KINDS: Record<string, string> = { human: "a person", agent: "an agent", service: "a service" };

function joined(words: readonly string[], last: string): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} ${last} ${words[words.length - 1] ?? ""}`;
}
const or = (words: readonly string[] | undefined): string => joined(words ?? [], "or");
const after = (before: string, words: readonly string[] | undefined): string[] =>
  words === undefined || words.length === 0 ? [] : [`${before} ${or(words)}`];

function whoever(when: Record<string, string[]>): string {
  const kinds = (when.identity_kind ?? []).map((k) => KINDS[k] ?? k);
  const names = when.identities ?? [];
  const who = names.length === 0 ? (kinds.length === 0 ? "anybody" : or(kinds)) : or(names);
  const being = names.length > 0 && kinds.length > 0 ? [`being ${or(kinds)}`] : [];
  return [who, ...after("of the group", when.groups), ...being].join(", ").replace(", of the group", " of the group");
}

/** An allow rule without effects covers everything but what Sluice cannot know. */
function does(r: RuleFacts, when: Record<string, string[]>): string {
  const effects = when.effects ?? [];
  const sends = after("sends", when.statements);
  if (effects.length > 0) return [or(effects.map((e) => DOES[e] ?? `does ${e}`)), ...sends].join(" and ");
  if (sends.length > 0) return sends.join("");
  return r.then === "allow" ? "does anything that Sluice can know" : "does anything";
}

/** What it is about, and when it matches. An allow rule wants every label named, the others any. */
export function ruleWhen(r: RuleFacts): string {
  const when = r.when ?? {};
  const words = [
    whoever(when),
    does(r, when),
    ...after("touching", when.datasets),
    ...after(r.then === "allow" ? "touching data with no other labels than" : "touching data labelled", when.labels),
    ...after("on", when.targets),
    ...after("in", when.environment),
    ...after("over", when.protocol),
    ...after("at", when.hours?.map((h) => `${h} UTC`)),
  ];
  return `When ${words.join(" ")}`;
}

function yeses(r: RuleFacts): string {
  const v = r.reviewers;
  if (v === undefined) return "the target's reviewers say yes";
  const need = v.need ?? 1;
  const among = or([...(v.groups ?? []), ...(v.identities ?? [])]);
  return need === 1 ? `one of ${among} says yes` : `${need} different people of ${among} say yes`;
}

const PER: Record<string, string> = { statement: "a statement", run: "a run" };

function budget(b: NonNullable<RuleFacts["budget"]>): string {
  const parts = [
    ...(b.rows === undefined ? [] : [count(b.rows, "row")]),
    ...(b.bytes === undefined ? [] : [typeof b.bytes === "number" ? count(b.bytes, "byte") : b.bytes]),
    ...(b.statements === undefined ? [] : [count(b.statements, "statement")]),
  ];
  const per = b.per ?? "statement";
  const whose = { owner: ", added up for an owner and all that it owns", run: ", added up for that run" }[b.by ?? "identity"] ?? "";
  return `Up to ${joined(parts, "and")} in ${PER[per] ?? per}${whose}; what goes beyond is held.`;
}

const then = (r: RuleFacts): string =>
  r.then === "hold" ? `it waits until ${yeses(r)}` : r.then === "deny" ? "it is refused" : "it flows";

const SAID = new Set(["name", "then", "when", "reviewers", "budget", "elevate", "expires", "grant_ttl", "max_wait"]);
const SAID_WHEN = new Set(
  "identities groups identity_kind targets environment protocol effects statements datasets labels hours".split(" "),
);

/** Keys with few values, each with what it says; "" where the value is what everybody expects. */
const WORDS: Record<string, Record<string, string>> = {
  proof: { any: "", passkey: "Each yes is signed with a passkey." },
  keys: { any: "", "device-bound": "The passkey must not be able to leave its device." },
  reason: { optional: "", required: "Who asks has to say why." },
  in_transaction: { hold: "", refuse: "In a transaction that has locks it is refused instead." },
  record: { full: "", shape: "Literals are recorded as commitments only." },
  sync: { held: "", all: "It is on disk before it runs." },
  envelope: { no: "", yes: "Envelopes may be asked for." },
};

function limits(r: RuleFacts): string[] {
  const time = (key: string, before: string): string[] => (r[key] === undefined ? [] : [`${before} ${String(r[key])}`]);
  const list = [
    ...time("expires", "to decide there are"),
    ...time("grant_ttl", "to run it afterwards"),
    ...time("max_wait", "the client is kept waiting for at most"),
  ];
  if (r.then !== "hold" || list.length === 0) return [];
  const text = `${list.join(", ")}.`;
  return [text.charAt(0).toUpperCase() + text.slice(1)];
}

function unsaid(r: RuleFacts): string[] {
  const known = (key: string): boolean =>
    SAID.has(key) || (typeof r[key] === "string" && WORDS[key]?.[r[key]] !== undefined);
  const more = [
    ...Object.keys(r).filter((key) => !known(key) && !(key === "notify" && Array.isArray(r[key]))),
    ...Object.keys(r.when ?? {}).filter((key) => !SAID_WHEN.has(key)),
  ];
  return more.length === 0 ? [] : [`The text below says more: ${more.join(", ")}.`];
}

export function ruleWords(r: RuleFacts): string {
  const notify = Array.isArray(r.notify) && r.notify.length > 0 ? [`It is told to ${joined(r.notify as string[], "and")}.`] : [];
  const choices = Object.entries(WORDS).flatMap(([key, words]) => {
    const said = typeof r[key] === "string" ? (words[r[key]] ?? "") : "";
    return said === "" ? [] : [said];
  });
  return [
    `${ruleWhen(r)}, ${then(r)}.`,
    ...(r.elevate?.login === undefined ? [] : [`Once granted it runs as the login ${r.elevate.login}, that statement alone.`]),
    ...limits(r),
    ...choices,
    ...(r.budget === undefined ? [] : [budget(r.budget)]),
    ...notify,
    ...unsaid(r),
  ].join(" ");
}
