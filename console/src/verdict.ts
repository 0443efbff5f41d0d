// What became of a flow of data, in a word that stands on its edge and is never only a colour: allowed, approved,
// attempted, unknown.
import type { Approval } from "./types";

const TRIED = new Set(["denied", "expired", "cancelled", "revoked", "lapsed"]);
export const isTried = (standing: string): boolean => TRIED.has(standing);

interface Judged {
  standing: string;
  verdict?: string | undefined;
  approval?: string | undefined;
  approvers?: string | undefined;
}

/** Of a flow that the ledger has. What a rule would have stopped on a target that only watches says so. */
export function actVerdict(a: Judged): string {
  if (isTried(a.standing)) return `attempted: ${a.standing}`;
  const said =
    a.approval !== undefined || a.approvers !== undefined
      ? `approved${a.approvers === undefined ? "" : ` by ${a.approvers}`}`
      : (a.verdict ?? "allow") === "allow"
        ? "allowed"
        : `only watched: ${a.verdict}`;
  return a.standing === "committed" ? said : `${a.standing.replaceAll("_", " ")} (${said})`;
}

/** The same of what one request would move. */
export function requestVerdict(a: Pick<Approval, "state" | "outcome">): string {
  if (a.state === "pending") return "not decided";
  if (a.state === "approved") return "approved, not run";
  if (isTried(a.state)) return `attempted: ${a.state}`;
  const ended = a.outcome?.outcome;
  if (ended === undefined) return "approved, running";
  return ended === "ok" ? "approved" : ended === "unknown" ? "unknown (approved)" : `attempted: ${ended}`;
}

/** Its sign: ✓ it went, ✕ it did not, ? nobody knows, … it is not over. */
export function sign(words: string): string {
  if (words.startsWith("attempted")) return "✕";
  if (words.startsWith("unknown")) return "?";
  return words === "not decided" || words.startsWith("approved, ") ? "…" : "✓";
}
