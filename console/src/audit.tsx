// Searching the ledger. The question stands in the address, so that a number elsewhere can lead to its entries.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Field, Question, said, SINCE, Trouble, useAnswer, withWords, wordsHere } from "./asking";
import { Entry } from "./entry";
import { useWalk } from "./lines";
import { Heading, Link, query } from "./nav";
import { Labels } from "./parts";
import { Head, Text } from "./text";
import { type Found, type Line, lineSentence, place, searchLedger } from "./trail";
import { count, time } from "./words";

const VERDICTS = [
  ["", "any"],
  ["allow", "allow"],
  ["hold", "hold"],
  ["deny", "deny"],
] as const;

const KINDS = [
  ["", "any"],
  ["approval", "approvals: asked, decided, ended"],
  ["action", "actions that were held, denied or refused"],
  ["actions", "actions that flowed"],
  ["outcome", "ends of actions"],
  ["roster", "people and credentials"],
  ["passkey", "passkeys"],
  ["label", "labels that followed data"],
  ["session", "sessions"],
  ["sign_in_failure", "failed sign-ins"],
  ["policy", "the policy"],
  ["canary", "canaries"],
  ["key", "the ledger's keys"],
] as const;

const UNTIL = [
  ["", "now"],
  ["1h", "an hour ago"],
  ["24h", "a day ago"],
  ["7d", "7 days ago"],
  ["30d", "30 days ago"],
] as const;

const ONLY: Record<string, string> = {
  unruled: "labelled reads that the default alone allowed",
  quick: "a yes within 3 seconds of the question",
  self: "people who tried to decide what is theirs",
};

function Words({ words }: { words: URLSearchParams }): JSX.Element {
  const of = (name: string): string => words.get(name) ?? "";
  const kept: Record<string, string> = {};
  for (const name of ["only", "entries"]) if (of(name) !== "") kept[name] = of(name);
  return (
    <Question label="Search the ledger" button="Search" kept={kept}>
      <Field name="identity" title="Identity" value={of("identity")} hint="who did it, asked, owns or decided" />
      <Field name="dataset" title="Dataset" value={of("dataset")} hint="public.customers" />
      <Field name="label" title="Label" value={of("label")} hint="pii" />
      <Field name="verdict" title="Verdict" value={of("verdict")} options={VERDICTS} />
      <Field name="kind" title="Kind of entry" value={of("kind")} options={KINDS} />
      <Field name="event" title="Event" value={of("event")} hint="denied, expired, refused" />
      <Field name="rule" title="Rule" value={of("rule")} />
      <Field name="target" title="Target" value={of("target")} />
      <Field name="since" title="Recorded in" value={of("since")} options={[["", "all of it"], ...SINCE]} />
      <Field name="until" title="Up to" value={of("until")} options={UNTIL} />
      <Field name="approval" title="Approval" value={of("approval")} hint="its whole id" />
    </Question>
  );
}

function Kept({ words }: { words: URLSearchParams }): JSX.Element | null {
  const only = words.get("only") ?? "";
  const entries = words.get("entries") ?? "";
  if (only === "" && entries === "") return null;
  const rest = new URLSearchParams(words);
  rest.delete("only");
  rest.delete("entries");
  return (
    <p class="hint">
      Only {only !== "" ? (ONLY[only] ?? only) : `the entries ${entries}`}.{" "}
      <Link href={`/audit${withWords(Object.fromEntries(rest))}`}>Without that</Link>
    </p>
  );
}

function Exports({ words }: { words: URLSearchParams }): JSX.Element {
  const path = (format: string): string => {
    const all = new URLSearchParams(words);
    all.set("format", format);
    return `/v1/audit/export?${all.toString()}`;
  };
  return (
    <p>
      All that is found, each line with its proof, as a file:{" "}
      <a href={path("csv")} download="sluice-audit.csv">
        CSV
      </a>
      ,{" "}
      <a href={path("jsonl")} download="sluice-audit.jsonl">
        JSON lines
      </a>
    </p>
  );
}

function LineOf({ l }: { l: Line }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <li class="line" data-entry={place(l)}>
      <button type="button" class="row" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="sentence">
          <Text text={lineSentence(l)} />
        </span>
        <span class="meta">
          <span>
            entry <span class="number">{place(l)}</span>
          </span>
          <time dateTime={l.at}>{time(l.at)}</time>
          {l.verdict !== undefined && <span class={`badge ${l.verdict}`}>{l.verdict}</span>}
          <Labels names={l.labels} />
        </span>
        {l.text !== undefined && (
          <span class="why">
            <Head text={l.text} max={160} />
            {l.text_more === true && " …"}
          </span>
        )}
        {(l.why ?? l.reason) !== undefined && (
          <span class="why">
            says: <Head text={l.why ?? l.reason ?? ""} max={160} />
          </span>
        )}
      </button>
      {open && <Entry l={l} />}
    </li>
  );
}

const PAGE = 50;

/** What was found, and what is found further back. */
function Lines({ found, words }: { found: Found; words: URLSearchParams }): JSX.Element {
  const [pages, setPages] = useState<readonly Found[]>([found]);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const last = pages[pages.length - 1];
  const lines = pages.flatMap((p) => p.lines);
  const more = async (): Promise<void> => {
    const on = new URLSearchParams(words);
    on.set("before", last?.before ?? "0");
    setBusy(true);
    setProblem("");
    try {
      setPages([...pages, await searchLedger(on)]);
    } catch (why) {
      setProblem(said(why));
    }
    setBusy(false);
  };
  return (
    <>
      <p role="status">
        {count(lines.length, "line")}
        {last?.more === true ? ", and there may be more" : ""}; the ledger has {count(found.size, "entry", "entries")}.
      </p>
      {lines.length === 0 && last?.more !== true && (
        <p class="empty">
          Nothing in the ledger is like that. Every word must fit at once: leave one out, or look further back. Names are
          whole and exact: <code>public.customers</code>, not <code>customers</code>.
        </p>
      )}
      <ul class="lines">
        {lines.map((l) => (
          <LineOf key={place(l)} l={l} />
        ))}
      </ul>
      <Trouble problem={problem} />
      {last?.more === true && (
        <button type="button" aria-disabled={busy} onClick={() => !busy && void more()}>
          {busy ? "Looking…" : "Look further back"}
        </button>
      )}
    </>
  );
}

export function Audit(): JSX.Element {
  const words = wordsHere();
  words.set("limit", String(PAGE));
  const asked = query.value;
  const { value, problem, busy } = useAnswer<Found>(asked, () => searchLedger(words));
  useWalk();
  return (
    <>
      <Heading title="Audit">Audit</Heading>
      <p class="hint">
        Everything that flowed, was held, decided or denied is an entry of the ledger, newest first. Open a line: your browser
        then proves that it is in the signed tree.
      </p>
      <Words words={words} />
      <Kept words={words} />
      <Trouble problem={problem} />
      {busy && value === null && <p role="status">Asking the gateway…</p>}
      {value !== null && !busy && (
        <section aria-label="What was found">
          <h2>What was found</h2>
          {value.lines.length > 0 && <Exports words={wordsHere()} />}
          <Lines key={asked} found={value} words={words} />
        </section>
      )}
    </>
  );
}
