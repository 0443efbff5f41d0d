// The rules in words; what they would say to a statement; what other rules would have said to the past.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ask, caller } from "./api";
import { Fact, Names } from "./facts";
import { Asking, sayProblem, useFetched } from "./fetched";
import { Heading } from "./nav";
import { Button } from "./parts";
import { type RuleFacts, ruleWords } from "./rule";
import { Shadow } from "./shadow";
import { Text } from "./text";
import type { Dataset } from "./types";

export interface Rule {
  name: string;
  then: string;
  text: string;
  facts?: RuleFacts;
}

interface Policy {
  digest: string;
  rules: Rule[];
  targets: Target[];
}

interface Target {
  name: string;
  environment: string;
  mode?: string;
  default?: string;
  labels?: Record<string, string | string[]>[];
  declassify?: Record<string, string | string[]>[];
}

const fetchPolicy = (): Promise<Policy> => ask<Policy>("/v1/policy");

export function RuleText({ r }: { r: Rule }): JSX.Element {
  return (
    <div class="ruled">
      {r.facts !== undefined && (
        <p>
          <Text text={ruleWords(r.facts)} />
        </p>
      )}
      <details>
        <summary>
          <Text text={r.name} /> <span class={`badge ${r.then}`}>{r.then}</span>
        </summary>
        <pre class="exact rule" tabIndex={0}>
          {r.text}
        </pre>
      </details>
    </div>
  );
}

function Rules({ policy }: { policy: Policy }): JSX.Element {
  return (
    <section aria-label="Rules">
      <h2>Rules</h2>
      {policy.rules.length === 0 && (
        <p class="empty">
          There are none: each target's default decides. Write the first under <code>policy:</code> in the configuration, try
          it below on the past, look at it with <code>sluice check</code>, and let it in with a SIGHUP.
        </p>
      )}
      {policy.rules.map((r) => (
        <RuleText key={r.name} r={r} />
      ))}
      <p class="hint">
        The strictest verdict wins; their order does not matter. What no rule allows, the target's default decides:{" "}
        <Names list={policy.targets.map((t) => `${t.name} ${t.default ?? "hold"}${t.mode === "observe" ? " (only watches)" : ""}`)} />.
      </p>
    </section>
  );
}

/** "columns public.customers.email, *.ssn; label pii" */
const members = (o: Record<string, string | string[]>): string =>
  Object.entries(o)
    .map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(", ") : value}`)
    .join("; ");

function Targets({ policy }: { policy: Policy }): JSX.Element {
  return (
    <section aria-label="Targets">
      <h2>Targets</h2>
      {policy.targets.map((t) => (
        <details key={t.name}>
          <summary>
            <Text text={`${t.name} (${t.environment})`} /> <span class="badge">default {t.default ?? "hold"}</span>
            {t.mode === "observe" && <span class="badge alarm">only watches</span>}
          </summary>
          <ul>
            {[...(t.labels ?? []), ...(t.declassify ?? [])].map((l) => (
              <li key={members(l)}>
                <Text text={members(l)} />
              </li>
            ))}
            {(t.labels ?? []).length === 0 && <li>No data is labelled here.</li>}
          </ul>
        </details>
      ))}
    </section>
  );
}

interface Tried {
  verdict: string;
  enforced: string;
  admitted: boolean;
  from_default: boolean;
  rules: Rule[];
  statements: string[];
  effects: string[];
  datasets: Dataset[];
  opaque_why?: string;
  rows_at_most?: number;
  reviewers?: string;
}

const dataText = (d: Dataset): string => {
  const labels = (d.labels ?? []).length > 0 ? ` [${(d.labels ?? []).join(", ")}]` : "";
  return `${d.name}: ${d.effects.join(", ")}${labels}`;
};

function Verdict({ t }: { t: Tried }): JSX.Element {
  return (
    <div class="outcome" role="status">
      <p>
        <strong>{t.verdict}</strong>
        {t.enforced !== t.verdict && " (the target only watches: it would flow)"}
        {t.reviewers !== undefined && (
          <>
            , needs a yes from <Text text={t.reviewers} />
          </>
        )}
      </p>
      {!t.admitted && <p class="warn">This identity may not use the target at all.</p>}
      <dl>
        <Fact name="Statement">
          <Names list={t.statements} />
        </Fact>
        <Fact name="Effects">{t.effects.join(", ")}</Fact>
        {t.opaque_why !== undefined && (
          <Fact name="Not known">
            <Text text={t.opaque_why} />
          </Fact>
        )}
        <Fact name="Data">
          <Names list={t.datasets.map(dataText)} />
        </Fact>
        {t.rows_at_most !== undefined && <Fact name="Rows">at most {t.rows_at_most}, then it is held</Fact>}
      </dl>
      <p>Because of{t.from_default ? " the target's default" : ""}:</p>
      {t.rules.map((r) => (
        <RuleText key={r.name} r={r} />
      ))}
    </div>
  );
}

function Try({ policy }: { policy: Policy }): JSX.Element {
  const sql = useSignal("");
  const who = useSignal(caller.value?.identity ?? "");
  const target = useSignal(policy.targets[0]?.name ?? "");
  const tried = useSignal<Tried | null>(null);
  const problem = useSignal("");
  const busy = useSignal(false);
  const run = async (): Promise<void> => {
    busy.value = true;
    problem.value = "";
    tried.value = null;
    try {
      const asked = { target: target.value, identity: who.value, sql: sql.value };
      tried.value = await ask<Tried>("/v1/policy/try", asked);
    } catch (why) {
      problem.value = sayProblem(why);
    }
    busy.value = false;
  };
  return (
    <section aria-label="Try a statement">
      <h2>Try a statement</h2>
      <p class="hint">Judged with the catalog and labels of now. Nothing is run, and nothing is recorded.</p>
      <div class="fields">
        <label>
          Target
          <select value={target.value} onChange={(e) => (target.value = e.currentTarget.value)}>
            {policy.targets.map((t) => (
              <option key={t.name}>{t.name}</option>
            ))}
          </select>
        </label>
        <label>
          Asked by
          <input value={who.value} onInput={(e) => (who.value = e.currentTarget.value)} autoComplete="off" />
        </label>
      </div>
      <label>
        SQL
        <textarea rows={3} value={sql.value} onInput={(e) => (sql.value = e.currentTarget.value)} spellcheck={false} />
      </label>
      <p class="buttons">
        <Button resting={busy.value} onClick={() => void run()}>
          What would it say?
        </Button>
      </p>
      {problem.value !== "" && (
        <p class="warn" role="alert">
          <Text text={problem.value} />
        </p>
      )}
      {tried.value !== null && <Verdict t={tried.value} />}
    </section>
  );
}

export function PolicyPage(): JSX.Element {
  const policy = useFetched(fetchPolicy);
  return (
    <>
      <Heading title="Policy">Policy</Heading>
      <Asking of={policy} />
      {policy.value !== null && (
        <>
          <Rules policy={policy.value} />
          <Targets policy={policy.value} />
          <Try policy={policy.value} />
          <Shadow rules={policy.value.rules} />
        </>
      )}
    </>
  );
}
