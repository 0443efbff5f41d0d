// What waits, mine first. Lines stay where they are: what is new comes below, what is over is greyed in its place.
import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Section, useWalk } from "./lines";
import { Heading } from "./nav";
import { ReviewsDue } from "./reviews";
import { approvals, KEPT, loaded, loadProblem, mayBeMore, order } from "./store";
import type { Approval } from "./types";
import { count, isRunning } from "./words";

const RECENT = 20;

/** Where a line stood when this page was opened it stays, whatever becomes of it. */
function usePlaces(): { mine: Approval[]; others: Approval[]; over: Approval[] } {
  const places = useSignal(new Map<string, "mine" | "others">());
  return useComputed(() => {
    const mine: Approval[] = [],
      others: Approval[] = [],
      over: Approval[] = [];
    for (const id of order.value) {
      const a = approvals.value.get(id);
      if (a === undefined) continue;
      if (a.state === "pending" && !places.peek().has(id)) places.peek().set(id, a.may_decide ? "mine" : "others");
      const place = places.peek().get(id);
      if (place !== undefined) (place === "mine" ? mine : others).push(a);
      else over.push(a);
    }
    return { mine, others, over };
  }).value;
}

export function Inbox(): JSX.Element {
  const { mine, others, over } = usePlaces();
  useWalk();
  const waiting = mine.filter((a) => a.state === "pending").length;
  return (
    <>
      <Heading title={waiting > 0 ? `(${waiting}) Inbox` : "Inbox"}>Inbox</Heading>
      {loadProblem.value !== "" && (
        <p class="warn" role="alert">
          {loadProblem.value}
        </p>
      )}
      {mayBeMore.value && (
        <p class="warn">
          The oldest {count(KEPT, "request")} that wait are here; there are more. Who asks for so many?
        </p>
      )}
      {!loaded.value ? (
        <p>Asking the gateway…</p>
      ) : (
        <>
          <Section
            title="Waits for you"
            list={mine}
            empty="Nothing waits for your decision. A request that you may decide appears here by itself."
          />
          <ReviewsDue />
          <Section title="Waits, but not for you" list={others} empty="Nothing that you may see waits for others. What you may look at and not decide stands here, with the reason." />
          <Section
            title="Running and recently over"
            list={over
              .toSorted((x, y) => Number(isRunning(y)) - Number(isRunning(x)) || (x.asked_at < y.asked_at ? 1 : -1))
              .slice(0, RECENT)}
            empty="Nothing yet. What was decided, what runs and what came of it stands here; all of it is under Audit."
          />
          <p class="keys">
            <kbd>j</kbd> <kbd>k</kbd> next and previous line, <kbd>Enter</kbd> opens it. Alike requests stand on one line; each is still decided by itself.
          </p>
        </>
      )}
    </>
  );
}
