// Small pieces that several pages show.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Text } from "./text";
import type { Approval, State } from "./types";
import { isRunning, left, now } from "./words";

const STATES: Record<State, string> = {
  pending: "waits for a decision",
  approved: "approved, not run yet",
  denied: "denied",
  expired: "nobody answered in time",
  cancelled: "cancelled",
  spent: "ran",
  lapsed: "approved, but never run",
  revoked: "taken back",
};

export function stateText(a: Approval): string {
  if (isRunning(a)) return "is running";
  const ended = a.outcome?.outcome;
  return a.state === "spent" && ended !== undefined && ended !== "ok" ? `ran: ${ended}` : STATES[a.state];
}

export function Badge({ a }: { a: Approval }): JSX.Element {
  return <span class={`badge ${a.state}`}>{stateText(a)}</span>;
}

/** The seconds are for eyes; a screen reader hears the end, not each tick. */
export function Countdown({ a }: { a: Approval }): JSX.Element | null {
  const until = a.state === "pending" ? a.expires_at : a.state === "approved" ? a.grant_expires_at : undefined;
  if (until === undefined) return null;
  const text = left(until, now.value);
  const soon = Date.parse(until) - now.value < 60_000;
  return (
    <time class={soon ? "left soon" : "left"} dateTime={until}>
      {text}
    </time>
  );
}

interface Table {
  name: string;
  head: readonly string[];
  /** So many columns behind the first are numbers. */
  figures?: number;
  children: ComponentChildren;
}

/** A table; where there is no room for its columns each cell says itself what it is (style.css). */
export function Rows({ name, head, figures = 0, children }: Table): JSX.Element {
  const at = useRef<HTMLTableSectionElement>(null);
  useLayoutEffect(() => {
    for (const row of at.current?.rows ?? []) [...row.cells].forEach((cell, i) => (cell.dataset.head = head[i]));
  });
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={name}>
      <table>
        <thead>
          <tr>
            {head.map((h, i) => (
              <th key={h} scope="col" class={i > 0 && i <= figures ? "figure" : ""}>
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={at}>{children}</tbody>
      </table>
    </div>
  );
}

export function Labels({ names }: { names: readonly string[] | undefined }): JSX.Element | null {
  if (names === undefined || names.length === 0) return null;
  return (
    <span class="labels">
      {names.map((n) => (
        <span key={n} class="label">
          <Text text={n} />
        </span>
      ))}
    </span>
  );
}

/** True for a moment after `what` changed: nobody clicks what they have not seen. */
export function useRest(what: string, ms = 500): boolean {
  const last = useRef({ what, turn: 1 });
  if (last.current.what !== what) last.current = { what, turn: last.current.turn + 1 }; // back again is a change, too
  const { turn } = last.current;
  const [rested, setRested] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setRested(turn), ms);
    return () => clearTimeout(timer);
  }, [turn, ms]);
  return rested !== turn;
}

interface ButtonProps {
  children: string;
  resting?: boolean;
  kind?: "yes" | "no" | "plain";
  onClick: () => void;
  id?: string;
}

/** Keeps its focus while it rests. */
export function Button({ children, resting = false, kind = "plain", onClick, id }: ButtonProps): JSX.Element {
  return (
    <button type="button" id={id} class={kind} aria-disabled={resting} onClick={() => !resting && onClick()}>
      {children}
    </button>
  );
}
