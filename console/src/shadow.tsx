// The recorded past under an edited policy: what would have gone otherwise, and where nobody can tell.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ask } from "./api";
import { Fact, Names } from "./facts";
import { sayProblem } from "./fetched";
import { useSome } from "./lines";
import { Button } from "./parts";
import type { Rule } from "./policy";
import { Text } from "./text";
import { count, time } from "./words";

interface Difference {
  was: string;
  would: string;
  target: string;
  rules_were: string[];
  rules: string[];
  count: number;
  identities: string[];
  statements?: string[];
  datasets?: string[];
  entries: number[];
  first_at: string;
  last_at: string;
}

interface Result {
  judged: number;
  same: number;
  different: number;
  cannot_tell: number;
  differences: Difference[];
  unknown: { why: string; count: number; entries: number[] }[];
  groups_more: boolean;
  more: boolean;
  since: string;
}

const PERIODS = ["1h", "24h", "7d", "30d"];

const item = (text: string): string =>
  text
    .trimEnd()
    .split("\n")
    .map((line, i) => `${i === 0 ? "  - " : "    "}${line}\n`)
    .join("");

/** The rules as a file has them: what the gateway prints of one reads back the same. */
const textOf = (rules: readonly Rule[]): string => `policy:\n${rules.map((r) => item(r.text)).join("")}`;

function One({ d }: { d: Difference }): JSX.Element {
  return (
    <li class="line plain">
      <span class="sentence">
        {count(d.count, "action")} on <Text text={d.target} />: <strong>{d.was}</strong> → <strong>{d.would}</strong>
      </span>
      <dl>
        <Fact name="Rules then">
          <Names list={d.rules_were.length > 0 ? d.rules_were : ["none"]} />
        </Fact>
        <Fact name="Rules edited">
          <Names list={d.rules.length > 0 ? d.rules : ["none"]} />
        </Fact>
        <Fact name="Asked by">
          <Names list={d.identities} />
        </Fact>
        <Fact name="Statements">
          <Names list={d.statements ?? []} />
        </Fact>
        <Fact name="Data">
          <Names list={d.datasets ?? []} />
        </Fact>
        <Fact name="Entries">
          {d.entries.join(", ")}
          {d.entries.length < d.count && " …"}
        </Fact>
        <Fact name="Between">
          {time(d.first_at)} and {time(d.last_at)}
        </Fact>
      </dl>
    </li>
  );
}

function Answer({ r }: { r: Result }): JSX.Element {
  const { shown, more } = useSome(r.differences.length);
  return (
    <div role="region" aria-label="What would change">
      <p role="status">
        {count(r.judged, "action")} since {time(r.since)}: {r.same} as before, <strong>{r.different} otherwise</strong>,{" "}
        {r.cannot_tell} of which nobody can tell.
      </p>
      {r.more && <p class="warn">Older ones were not looked at: sluice shadow on the machine has time for all.</p>}
      <ul class="lines">
        {r.differences.slice(0, shown).map((d) => (
          <One key={`${d.was} ${d.would} ${d.target} ${d.rules_were.join()} ${d.rules.join()}`} d={d} />
        ))}
      </ul>
      {more}
      {r.groups_more && <p class="warn">There are more kinds of differences than these; the numbers count all.</p>}
      {r.unknown.length > 0 && (
        <>
          <h3>Cannot tell</h3>
          <ul>
            {r.unknown.map((u) => (
              <li key={u.why}>
                {u.count}: <Text text={u.why} /> (entries {u.entries.join(", ")}
                {u.entries.length < u.count && " …"})
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="hint">Budgets over time are not played again: what would be allowed may still be stopped by one.</p>
    </div>
  );
}

export function Shadow({ rules }: { rules: readonly Rule[] }): JSX.Element {
  const text = useSignal(textOf(rules));
  const since = useSignal("7d");
  const result = useSignal<Result | null>(null);
  const problem = useSignal("");
  const busy = useSignal(false);
  const take = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) text.value = await file.text();
  };
  const run = async (): Promise<void> => {
    busy.value = true;
    problem.value = "";
    result.value = null;
    try {
      result.value = await ask<Result>("/v1/policy/shadow", { config: text.value, since: since.value });
    } catch (why) {
      problem.value = sayProblem(why);
    }
    busy.value = false;
  };
  return (
    <section aria-label="Shadow">
      <h2>What would other rules have said?</h2>
      <p class="hint">
        The ledger's last days, judged by an edited policy: the rules alone, or a whole file. Nothing is applied.
      </p>
      <label>
        Edited policy
        <textarea
          rows={10}
          class="code"
          value={text.value}
          onInput={(e) => (text.value = e.currentTarget.value)}
          spellcheck={false}
        />
      </label>
      <div class="fields">
        <label>
          Or a file
          <input type="file" accept=".yaml,.yml,.json,text/*" onChange={(e) => void take(e.currentTarget.files?.[0])} />
        </label>
        <label>
          How far back
          <select value={since.value} onChange={(e) => (since.value = e.currentTarget.value)}>
            {PERIODS.map((p) => (
              <option key={p}>{p}</option>
            ))}
          </select>
        </label>
      </div>
      <p class="buttons">
        <Button resting={busy.value} onClick={() => void run()}>
          What would change?
        </Button>
      </p>
      {busy.value && <p role="status">Going over the ledger…</p>}
      {problem.value !== "" && (
        <p class="warn" role="alert">
          <Text text={problem.value} />
        </p>
      )}
      {result.value !== null && <Answer r={result.value} />}
    </section>
  );
}
