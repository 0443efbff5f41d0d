// What one person did alone (break-glass, or past `govern: two-person`) and others have to look at: how many wait for
// this person stands in the navigation, which ones in the inbox, and each can be signed off where it stands.
import { computed, effect, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, caller, signedIn, told } from "./api";
import { Link } from "./nav";
import { Button, useRest } from "./parts";
import { Text } from "./text";
import { count, time } from "./words";

interface Exception {
  id: string;
  kind: string;
  by: string;
  reason: string;
  at: string;
  review_by: string;
  overdue: boolean;
  signed_off: number;
  needed: number;
  may_sign?: boolean;
  identity?: string;
  target?: string;
}

const due = signal<readonly Exception[]>([]);
const mine = computed(() => due.value.filter((e) => e.may_sign === true));
const seen = signal<readonly string[]>([]);
const banner = computed(() => due.value.filter((e) => e.kind === "break_glass" && !seen.value.includes(e.id)));
/** More are due than the gateway lists at once. */
const more = signal(false);

let turn = 0;

/** Asked at the start, and again when the stream of events tells of one. */
export async function loadReviews(): Promise<void> {
  const now = ++turn;
  try {
    const answer = await ask<{ reviews: Exception[]; more: boolean }>("/v1/reviews?due=yes");
    if (now !== turn) return;
    due.value = answer.reviews;
    more.value = answer.more;
  } catch {
    // the inbox says what is wrong with the gateway; what was known stays
  }
}

effect(() => {
  if (signedIn.value === "yes" && caller.value !== null) return;
  turn++;
  due.value = [];
  seen.value = [];
});

const ABOUT = new Set(["hello", "reset", "break_glass", "bypassed", "reviewed"]);

export function hearOfReviews(name: string): void {
  if (ABOUT.has(name)) void loadReviews();
}

const FEW = 3;

/** What somebody released alone, on every page while its review is open; who has seen it folds it away until the page is loaded anew. */
export function ReleasedAlone(): JSX.Element {
  const more = banner.value.length - FEW;
  return (
    <div class="alone">
      {banner.value.slice(0, FEW).map((e) => (
        <p key={e.id} class="warn" role="alert">
          <Text text={e.by} /> released a request of <Text text={e.identity ?? ""} /> on <Text text={e.target ?? ""} /> alone (break-glass),{" "}
          {time(e.at)}; {e.signed_off} of {e.needed} others have signed it off.{" "}
          <Link href={`/approvals/${e.id}`}>{e.may_sign === true ? "Look at it, and sign it off" : "Look at it"}</Link>{" "}
          <button type="button" onClick={() => (seen.value = [...seen.value, e.id])}>
            I have seen it
          </button>
        </p>
      ))}
      {more > 0 && <p class="warn">And {count(more, "more release")} like that.</p>}
    </div>
  );
}

/** In the navigation, beside "Inbox". */
export function ReviewsBadge(): JSX.Element | null {
  if (mine.value.length === 0) return null;
  const n = `${mine.value.length}${more.value ? "+" : ""}`;
  return (
    <span class="number due">
      {n}
      <span class="spoken"> to review: done by one person alone</span>
    </span>
  );
}

function Form({ id }: { id: string }): JSX.Element {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const resting = useRest(id);
  const sign = async (): Promise<void> => {
    if (reason.trim() === "") {
      setProblem("Say what you looked at: it is recorded with your name.");
      document.getElementById(`signoff-${id}`)?.focus();
      return;
    }
    setBusy(true);
    setProblem("");
    try {
      await ask(`/v1/reviews/${id}`, { reason });
      await loadReviews();
    } catch (why) {
      setProblem(told(why));
    }
    setBusy(false);
  };
  return (
    <>
      <label>
        What you looked at
        <textarea id={`signoff-${id}`} rows={2} maxLength={2000} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />
      </label>
      {problem !== "" && (
        <p class="warn" role="alert">
          <Text text={problem} />
        </p>
      )}
      <div class="buttons">
        <Button resting={resting || busy} onClick={() => void sign()}>
          Sign it off
        </Button>
      </div>
    </>
  );
}

/** Folded, where this person may; else nothing. */
export function SignOff({ id }: { id: string }): JSX.Element | null {
  const e = mine.value.find((one) => one.id === id);
  if (e === undefined) return null;
  return (
    <details>
      <summary>Sign it off: you have looked at it, and say so</summary>
      <Form id={id} />
    </details>
  );
}

const DID: Record<string, string> = {
  break_glass: "released a held action alone (break-glass)",
  bypass: "went past the two people that administration takes",
};

function One({ e }: { e: Exception }): JSX.Element {
  return (
    <li class="line plain">
      <span class="sentence">
        <Text text={e.by} /> {DID[e.kind] ?? e.kind}
      </span>
      <span class="meta">
        <span>{time(e.at)}</span>
        <span>
          {e.signed_off} of {e.needed} signed it off
        </span>
        {e.overdue ? <span class="badge alarm">overdue since {time(e.review_by)}</span> : <span>until {time(e.review_by)}</span>}
      </span>
      <span class="why">
        says: <Text text={e.reason} />
      </span>
      {e.kind === "break_glass" && <Link href={`/approvals/${e.id}`}>What was released</Link>}
      <SignOff id={e.id} />
    </li>
  );
}

/** In the inbox: nothing where nothing is due for this person. */
export function ReviewsDue(): JSX.Element | null {
  if (mine.value.length === 0) return null;
  return (
    <section aria-label="Done by one person alone">
      <h2>
        Done by one person alone <span class="number">{mine.value.length}</span>
      </h2>
      <p>
        {count(mine.value.length, "thing")} {mine.value.length === 1 ? "waits" : "wait"} for a second look, and you may give it.
        {more.value && " There are more than are listed here."}
      </p>
      <ul class="lines">
        {mine.value.map((e) => (
          <One key={e.id} e={e} />
        ))}
      </ul>
    </section>
  );
}
