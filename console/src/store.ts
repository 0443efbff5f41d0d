// The approvals that this person may see, kept current by events. Each is fetched whole, with this session: an event
// says that something happened, the keeper says what.
import { effect, signal } from "@preact/signals";
import { caller, getApproval, LIST_MOST, listApprovals, Problem, signedIn } from "./api";
import { hangUp, listen, type Told } from "./live";
import type { Approval } from "./types";

export const approvals = signal<ReadonlyMap<string, Approval>>(new Map());
/** Every id in the order in which it was first seen: lines never move under somebody's finger. */
export const order = signal<readonly string[]>([]);
export const loaded = signal(false);
export const loadProblem = signal("");
/** The gateway lists so many at most: there may be more than what is here. */
export const mayBeMore = signal(false);
/** For screen readers: the latest thing that happened. */
export const announced = signal("");

const KEPT = 1000;

/** A list and a decision's answer lack what only one approval's own answer has: the rules' texts and lineage. */
function merged(before: Approval | undefined, a: Approval): Approval {
  if (a.outline === true) {
    const known = before !== undefined && before.digest === a.digest ? before : { requirements: [], votes: [], outline: true };
    return { ...known, ...a, requirements: known.requirements, votes: known.votes, outline: known.outline === true };
  }
  if (before === undefined) return a;
  const textOf = (rule: string): { text?: string } => {
    const text = before.requirements.find((r) => r.rule === rule)?.text;
    return text === undefined ? {} : { text };
  };
  const kept = before.lineage === undefined ? {} : { lineage: before.lineage };
  return { ...kept, ...a, requirements: a.requirements.map((r) => ({ ...textOf(r.rule), ...r })) };
}

export function put(list: readonly Approval[]): void {
  const map = new Map(approvals.value);
  const fresh = [...new Set(list.map((a) => a.id))].filter((id) => !map.has(id));
  for (const a of list) map.set(a.id, merged(map.get(a.id), a));
  const ids = [...order.value, ...fresh];
  for (const gone of ids.slice(0, Math.max(0, ids.length - KEPT))) map.delete(gone);
  approvals.value = map;
  if (fresh.length > 0) order.value = ids.slice(-KEPT);
}

function forget(id: string): void {
  const map = new Map(approvals.value);
  if (!map.delete(id)) return;
  approvals.value = map;
  order.value = order.value.filter((one) => one !== id);
}

export async function refresh(id: string): Promise<void> {
  try {
    put([await getApproval(id)]);
  } catch (why) {
    if (why instanceof Problem && why.status === 404) forget(id);
    else throw why;
  }
}

const byAge = (a: Approval, b: Approval): number => (a.asked_at < b.asked_at ? -1 : a.asked_at > b.asked_at ? 1 : 0);

export async function loadAll(): Promise<void> {
  try {
    const [open, all] = await Promise.all([listApprovals("pending"), listApprovals("")]);
    put([...open, ...all].sort(byAge));
    mayBeMore.value = open.length >= LIST_MOST;
    loadProblem.value = "";
  } catch (why) {
    loadProblem.value = why instanceof Error ? why.message : String(why);
  }
  loaded.value = true;
}

interface Excerpt {
  id?: string;
  identity?: string;
  target?: string;
  may_decide?: boolean;
}

async function hear(told: Told): Promise<void> {
  // The stream begins with "hello": what happened between the first list and that moment is in a second one.
  if (told.name === "hello" || told.name === "reset") return loadAll();
  const about = JSON.parse(told.data) as Excerpt;
  if (about.id === undefined) return;
  const isNew = !approvals.value.has(about.id);
  await refresh(about.id);
  if (isNew && about.may_decide === true)
    announced.value = `New: ${about.identity ?? "somebody"} waits for your decision on ${about.target ?? "a target"}.`;
  else announced.value = `${about.identity ?? "A request"}: ${told.name}.`;
}

let queue: Promise<void> = Promise.resolve();

/** One after the other, so that an older answer never overwrites a newer one. */
function hearInTurn(told: Told): void {
  queue = queue.then(() => hear(told)).catch(() => loadAll());
}

export function start(): void {
  let who = "";
  effect(() => {
    const now = signedIn.value === "yes" ? (caller.value?.session ?? "") : "";
    if (now === who) return;
    who = now;
    hangUp();
    approvals.value = new Map();
    order.value = [];
    loaded.value = false;
    if (now === "") return;
    void loadAll();
    void listen(now, hearInTurn);
  });
}
