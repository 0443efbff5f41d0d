// The approvals that this person may see, kept current by events. Each is fetched whole, with this session: an event
// says that something happened, the keeper says what.
import { effect, signal } from "@preact/signals";
import { caller, getApproval, type Listed, listLines, Problem, signedIn, told } from "./api";
import { hangUp, listen, type Told } from "./live";
import { stateText } from "./parts";
import { hearOfReviews, loadReviews } from "./reviews";
import { sentence } from "./sentence";
import type { Approval } from "./types";

export const approvals = signal<ReadonlyMap<string, Approval>>(new Map());
/** Every id in the order in which it was first seen: lines never move under somebody's finger. */
export const order = signal<readonly string[]>([]);
export const loaded = signal(false);
export const loadProblem = signal("");
/** More wait than this page keeps. */
export const mayBeMore = signal(false);
/** For screen readers: the latest thing that happened. */
export const announced = signal("");

export const KEPT = 12_000;
const FIRST_PAGE = 100;
const PAGE = 500;
const RECENT = 50;
/** So many that changed are fetched one by one; more, and everything is listed again. */
const FEW = 40;

/** A list and a decision's answer lack what only one approval's own answer has: the rules' texts and lineage. */
function merged(before: Approval | undefined, a: Approval): Approval {
  if (a.outline === true) {
    const known = before !== undefined && before.digest === a.digest ? before : { requirements: [], votes: [], outline: true };
    const reason = before !== undefined && before.outline !== true && before.reason !== undefined ? { reason: before.reason } : {};
    return {
      ...known,
      ...a,
      ...reason,
      requirements: known.requirements,
      votes: known.votes,
      outline: known.outline === true,
    };
  }
  if (before === undefined) return a;
  const textOf = (rule: string): { text?: string } => {
    const text = before.requirements.find((r) => r.rule === rule)?.text;
    return text === undefined ? {} : { text };
  };
  const kept = {
    ...(before.lineage === undefined ? {} : { lineage: before.lineage }),
    ...(before.last_alike === undefined ? {} : { last_alike: before.last_alike }),
  };
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

/** What waits here and was in no page any more: it is over, or cannot be seen. */
async function settle(listed: ReadonlySet<string>): Promise<void> {
  const gone = [...approvals.value.values()].filter((a) => a.state === "pending" && !listed.has(a.id));
  for (const a of gone.slice(0, FEW)) await refresh(a.id);
  for (const a of gone.slice(FEW)) forget(a.id);
}

let turn = 0;

/** Page by page, the oldest first: they end first, and what comes later comes below. */
async function loadPending(mine: number): Promise<void> {
  const listed = new Set<string>();
  let after: string | undefined = "";
  while (after !== undefined && listed.size < KEPT) {
    const from: Record<string, string> = after === "" ? {} : { after };
    const limit = String(listed.size === 0 ? FIRST_PAGE : PAGE);
    const page: Listed = await listLines({ state: "pending", order: "oldest", limit, ...from });
    if (mine !== turn) return;
    for (const a of page.approvals) listed.add(a.id);
    put(page.approvals);
    loaded.value = true;
    after = page.next;
  }
  mayBeMore.value = after !== undefined;
  await settle(listed);
}

async function loadRecent(): Promise<void> {
  put((await listLines({ limit: String(RECENT) })).approvals.reverse());
}

export async function loadAll(): Promise<void> {
  const mine = ++turn;
  try {
    await Promise.all([loadPending(mine), loadRecent()]);
    loadProblem.value = "";
  } catch (why) {
    loadProblem.value = told(why);
  }
  loaded.value = true;
}

interface Excerpt {
  id?: string;
  identity?: string;
  target?: string;
  may_decide?: boolean;
}

function whatHappened(name: string, id: string): string {
  if (name === "question" || name === "answer") return `there is ${name === "answer" ? "an answer" : "a question"}`;
  const a = approvals.value.get(id);
  return a === undefined ? "it is not there any more" : stateText(a);
}

function whatWaits(id: string): string {
  const a = approvals.value.get(id);
  return a === undefined ? "it is over already" : sentence(a);
}

/** The same twice is said twice: a region whose text stays is not read again. */
function say(text: string): void {
  announced.value = announced.peek() === text ? `${text} ` : text;
}

async function hear(name: string, about: Excerpt, id: string): Promise<void> {
  const isNew = !approvals.value.has(id);
  await refresh(id);
  if (isNew && about.may_decide === true)
    say(`New, for your decision: ${whatWaits(id)}`);
  else say(`${about.identity ?? "A request"} on ${about.target ?? "a target"}: ${whatHappened(name, id)}.`);
}

/** Their id may be no request's: administration that one person did. */
const OF_NO_REQUEST = new Set(["bypassed"]);

/** What changed and was not fetched yet; the same one twice is fetched once. */
const due = new Map<string, { name: string; about: Excerpt }>();
let queue: Promise<void> = Promise.resolve();

async function nextDue(): Promise<void> {
  if (due.size > FEW) {
    say(`${due.size} requests changed.`);
    due.clear();
    return loadAll();
  }
  for (const [id, { name, about }] of due) {
    due.delete(id);
    return hear(name, about, id);
  }
}

/** One after the other, so that an older answer never overwrites a newer one. */
function hearInTurn(told: Told): void {
  // The stream begins with "hello": what happened between the first list and that moment is in a second one.
  const again = told.name === "hello" || told.name === "reset";
  const about = again ? {} : (JSON.parse(told.data) as Excerpt);
  hearOfReviews(told.name);
  if (about.id !== undefined && !OF_NO_REQUEST.has(told.name)) due.set(about.id, { name: told.name, about });
  queue = queue.then(() => (again ? loadAll() : nextDue())).catch(() => loadAll());
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
    due.clear();
    turn++;
    loaded.value = false;
    if (now === "") return;
    void loadAll();
    void loadReviews();
    void listen(now, hearInTurn);
  });
}
