// How people decide, in numbers. Each number opens the entries that it counts.
import type { JSX } from "preact";
import { ask } from "./api";
import { Field, Question, SINCE, Trouble, useAnswer, withWords, wordsHere } from "./asking";
import { Heading, Link } from "./nav";
import { count, time } from "./words";

interface Counted {
  name: string;
  value: number;
  unit: string;
  says: string;
  open?: string;
}

interface Told {
  numbers: Counted[];
  since: string;
  until: string;
}

const TITLES: Record<string, string> = {
  asked: "Asked",
  approved: "Approved",
  denied: "Denied",
  expired: "Expired",
  self_approval_refused: "Self-approval refused",
  quick_yes: "Yes in under 3 seconds",
  labelled_reads_without_rule: "Labelled reads without a rule",
  wait_p50: "Wait, half of them",
  wait_p95: "Wait, 19 of 20",
  agents_without_owner: "Agents without an owner",
};

/** What should make one look when it is not zero. */
const ALARMING = new Set(["self_approval_refused", "quick_yes", "labelled_reads_without_rule", "agents_without_owner"]);

export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  return s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

function Card({ n }: { n: Counted }): JSX.Element {
  const title = TITLES[n.name] ?? n.name.replaceAll("_", " ");
  const loud = ALARMING.has(n.name) && n.value > 0;
  const shown = n.unit === "milliseconds" ? (n.open === undefined ? "–" : duration(n.value)) : n.value.toLocaleString("en-US");
  return (
    <li class={loud ? "card loud" : "card"} data-number={n.name}>
      <h2>{title}</h2>
      <p class="big">
        {shown}
        {loud && <span class="spoken"> (look at these)</span>}
      </p>
      <p class="hint">{n.says}</p>
      {n.open !== undefined && n.value > 0 && (
        <Link href={`/audit?${n.open}`}>
          {n.unit === "milliseconds" ? "Open that request" : `Open ${count(n.value, "entry", "entries")}`}
          <span class="spoken"> of: {title}</span>
        </Link>
      )}
    </li>
  );
}

export function Governance(): JSX.Element {
  const since = wordsHere().get("since") ?? "30d";
  const { value, problem, busy } = useAnswer<Told>(since, () => ask<Told>(`/v1/governance${withWords({ since })}`));
  const nothing = value?.numbers.find((n) => n.name === "asked")?.value === 0;
  return (
    <>
      <Heading title="Governance">Governance</Heading>
      <Question label="Which time" button="Count">
        <Field name="since" title="Counted over" value={since} options={SINCE} />
      </Question>
      <Trouble problem={problem} />
      {busy && value === null && <p role="status">Counting…</p>}
      {value !== null && (
        <>
          <p class="hint" role="status">
            Since {time(value.since)}. <code>sluice governance --since {since}</code> says the same.
          </p>
          {nothing === true && (
            <p class="empty">
              Nothing was held in that time. What a rule with <code>then: hold</code> matches is asked for and counted here;{" "}
              <code>sluice explain</code> says what your policy does with a statement.
            </p>
          )}
          <ul class="cards">
            {value.numbers.map((n) => (
              <Card key={n.name} n={n} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}
