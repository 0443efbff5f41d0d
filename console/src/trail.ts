// Lines of the ledger as /v1/audit tells them, and in words.
import { ask } from "./api";
import { count } from "./words";

export interface Line {
  entry: number;
  line?: number;
  kind: string;
  event?: string;
  at: string;
  recorded_at: string;
  identity?: string;
  owner?: string;
  target?: string;
  verdict?: string;
  effects?: string[];
  statements?: string[];
  datasets?: string[];
  labels?: string[];
  rules?: string[];
  approval?: string;
  approver?: string;
  approvers?: string[];
  decision?: string;
  refused?: string;
  outcome?: string;
  rows?: number;
  bytes?: number;
  by?: string;
  other?: string;
  reason?: string;
  run?: string;
  why?: string;
  text?: string;
  text_more?: boolean;
  result?: string;
  count?: number;
  address?: string;
}

export interface Found {
  lines: Line[];
  more: boolean;
  before?: string;
  size: number;
  signed: number;
}

const TRIES = 20;

/** A call looks at a part of the ledger only: as long as it found nothing it goes on further back, for a while. */
export async function searchLedger(words: URLSearchParams): Promise<Found> {
  const on = new URLSearchParams(words);
  let found = await ask<Found>(`/v1/audit?${on.toString()}`);
  for (let i = 1; i < TRIES && found.lines.length === 0 && found.before !== undefined; i++) {
    on.set("before", found.before);
    found = await ask<Found>(`/v1/audit?${on.toString()}`);
  }
  return found;
}

export const place = (l: Line): string => (l.line === undefined ? String(l.entry) : `${l.entry}.${l.line}`);

const EVENTS: Record<string, string> = {
  asked: "asked",
  joined: "asked the same again",
  left: "went away",
  approved: "has every yes that it needs",
  denied: "was denied",
  expired: "got no answer in time",
  cancelled: "was cancelled",
  revoked: "was taken back",
  granted: "was offered to its client",
  spent: "was released to its target",
  lapsed: "was approved and never run",
  escalated: "was escalated: nobody had decided",
  vote_lapsed: "lost a yes, whose giver could not give it any more",
};

const things = (l: Line): string => {
  const names = l.datasets ?? [];
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${count(names.length - 3, "other")}` : shown;
};

function doing(l: Line): string {
  const verb = (l.effects ?? []).join(", ") || (l.statements ?? []).join(", ") || "something";
  const what = things(l);
  return `${verb}${what === "" ? "" : ` of ${what}`}${l.target === undefined ? "" : ` on ${l.target}`}`;
}

function ended(l: Line): string {
  if (l.verdict === "deny") return "denied";
  if (l.outcome === undefined) return l.verdict ?? "";
  const rows = l.rows === undefined ? "" : `, ${count(l.rows, "row")}`;
  return `${l.outcome}${rows}`;
}

function ofApproval(l: Line): string {
  const request = `the request of ${l.identity ?? "somebody"} (${doing(l)})`;
  if (l.event === "asked") return `${l.identity ?? "somebody"} asked: ${doing(l)}`;
  if (l.event === "decided") return `${l.approver ?? "somebody"} said ${l.decision === "approve" ? "yes" : "no"} to ${request}`;
  if (l.event === "refused") return `${l.approver ?? "somebody"} tried to decide ${request}, and may not (${l.refused ?? ""})`;
  return `${request} ${EVENTS[l.event ?? ""] ?? l.event ?? ""}`;
}

/** One sentence, whatever the kind. */
export function lineSentence(l: Line): string {
  switch (l.kind) {
    case "actions":
    case "action":
      return `${l.identity ?? "somebody"}: ${doing(l)}. ${ended(l)}`;
    case "approval":
      return ofApproval(l);
    case "roster":
      return `${l.identity ?? "somebody"}: ${(l.event ?? "").replaceAll("_", " ")}${l.other === undefined ? "" : ` ${l.other}`}, by ${l.by ?? "somebody"}`;
    case "session":
      return `${l.identity ?? "somebody"}: session on ${l.target ?? "a target"} ${l.event === "close" ? "closed" : "opened"}`;
    case "sign_in_failure":
      return `${count(l.count ?? 1, "failed sign-in")} from ${l.address ?? "somewhere"}${l.identity === undefined ? "" : ` as ${l.identity}`}`;
    case "outcome":
      return `an action ended: ${ended(l)}`;
    case "canary":
      return `the canary on ${l.target ?? "a target"}: ${l.result ?? ""}`;
    default:
      return `${l.kind.replaceAll("_", " ")}${l.event === undefined ? "" : `: ${l.event}`}`;
  }
}
