// Requests to the desk. The cookie goes along by itself; what changes something carries the session's mark.
import { signal } from "@preact/signals";
import type { Approval, Caller } from "./types";

export const caller = signal<Caller | null>(null);
/** Not asked yet, nobody, or somebody. */
export const signedIn = signal<"asking" | "no" | "yes">("asking");
export const signedOutWhy = signal("");

export class Problem extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly hint = "",
  ) {
    super(detail);
  }
}

/** What went wrong and what to do next, in one text. */
export function told(why: unknown): string {
  if (why instanceof Problem) return `${why.message} ${why.hint}`.trim();
  return why instanceof Error ? why.message : String(why);
}

interface ProblemBody {
  detail?: string;
  hint?: string;
}

async function problemOf(answer: Response): Promise<Problem> {
  let body: ProblemBody = {};
  try {
    body = (await answer.json()) as ProblemBody;
  } catch {
    // not ours: a proxy between
  }
  return new Problem(answer.status, body.detail ?? `The gateway answered ${answer.status}.`, body.hint);
}

/** A session that ended elsewhere (revoked, idle, over) shows itself at the next request. */
function noteEnd(status: number): void {
  if (status !== 401 || signedIn.value !== "yes") return;
  caller.value = null;
  signedOutWhy.value = "Your session is over: it was ended, or nobody was here for a while.";
  signedIn.value = "no";
}

/** What is no JSON object: a file of the ledger. */
export async function askFile(path: string): Promise<Response> {
  return answerOf(path, { credentials: "same-origin", cache: "no-store" });
}

async function answerOf(path: string, how: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, how);
  } catch {
    throw new Problem(0, "The gateway cannot be reached.");
  }
  noteClock(answer);
  if (answer.ok) return answer;
  noteEnd(answer.status);
  throw await problemOf(answer);
}

export async function ask<T>(path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    headers["Sluice-CSRF"] = caller.value?.csrf ?? "";
  }
  const how: RequestInit = { headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) Object.assign(how, { method: "POST", body: JSON.stringify(body) });
  const answer = await answerOf(path, how);
  return (answer.status === 204 ? {} : await answer.json()) as T;
}

/** How far the gateway's clock is ahead of this one: a countdown is by the gateway's. */
export let skewMs = 0;

function noteClock(answer: Response): void {
  const said = Date.parse(answer.headers.get("Date") ?? "");
  if (Number.isFinite(said)) skewMs = Math.abs(said - Date.now()) > 1500 ? said - Date.now() : 0;
}

export const getApproval = (id: string): Promise<Approval> => ask<Approval>(`/v1/approvals/${id}`);

export interface Listed {
  approvals: Approval[];
  next?: string;
}

/** One page of lines: what an inbox shows of each, and where the next page begins. */
export const listLines = (query: Record<string, string>): Promise<Listed> =>
  ask<Listed>(`/v1/approvals?${new URLSearchParams({ view: "lines", ...query }).toString()}`);

export const act = (id: string, verb: string, body: object): Promise<Approval> =>
  ask<Approval>(`/v1/approvals/${id}/${verb}`, body);
