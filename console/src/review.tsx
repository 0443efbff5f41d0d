// One request, whole: what will happen, why it is held, whether I may decide, and what became of it.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "./api";
import { AgainstLast } from "./alike";
import { Decide } from "./decide";
import { Datasets, Glance, Goes, Reasons } from "./facts";
import { Statements } from "./list";
import { Heading, Link } from "./nav";
import { Badge, Countdown, Labels, stateText } from "./parts";
import { Alone, Circumstances, People } from "./people";
import { approvals, refresh } from "./store";
import { Talk } from "./talk";
import { bindText, Block, looseText, oddCount, Text } from "./text";
import type { Approval, Operation } from "./types";
import { count, labelsOf, sentence } from "./words";

const LONG = 100_000;

export function statementOf(o: Operation, protocol: string): string {
  if (o.list !== undefined) return o.list.map((s) => s.sql).join("\n");
  if (o.sql !== undefined) return o.sql;
  if (o.sql_base64 !== undefined) return looseText(o.sql_base64);
  if (protocol === "sluice" && typeof o.change === "string") return o.change;
  return protocol === "policy" && o.diff !== undefined ? o.diff : JSON.stringify(o, null, 2);
}

const isLong = (o: Operation, protocol: string): boolean =>
  o.list !== undefined ? o.list.some((s) => s.sql.length > LONG) : statementOf(o, protocol).length > LONG;

/** They may be somebody's data: shown to who may see them, when they want to. */
function Values({ o, shown, show }: { o: Operation; shown: boolean; show: () => void }): JSX.Element | null {
  const list = o.parameters ?? [];
  if (list.length === 0) return null;
  if (!shown)
    return (
      <p>
        {count(list.length, "value")} go with it, hidden until you look.{" "}
        <button type="button" id="values" onClick={show}>
          Show the values
        </button>
      </p>
    );
  return (
    <>
      <h3>Values</h3>
      <ol class="values">
        {list.map((p, i) => (
          <li key={i}>
            <code>${i + 1}</code> (type {p.type}) ={" "}
            {p.null === true ? <em>NULL</em> : <Text text={bindText(p.type, p.format, p.value ?? "")} />}
          </li>
        ))}
      </ol>
    </>
  );
}

interface Looked {
  text: boolean;
  values: boolean;
}

function Statement({
  a,
  looked,
  look,
}: {
  a: Approval;
  looked: Looked;
  look: (more: Partial<Looked>) => void;
}): JSX.Element {
  if (a.erased === true) return <p class="empty">What was asked has been erased. Nobody can decide it any more.</p>;
  if (a.operation === undefined)
    return <p class="empty">The statement is shown to those who asked and to its reviewers only.</p>;
  const text = statementOf(a.operation, a.protocol);
  const odd = oddCount(text);
  const bytes = new TextEncoder().encode(text).length;
  return (
    <section aria-label="Exact statement">
      <h2>Exact statement</h2>
      {odd > 0 && (
        <p class="warn">
          {count(odd, "character")} in it would be invisible or would move others; each is named where it stands.
        </p>
      )}
      {a.operation_masked === true && (
        <p class="warn">Password literals are shown as ***; what was asked, and is approved, has them.</p>
      )}
      {a.operation.list !== undefined ? (
        <Statements list={a.operation.list} long={LONG} onWhole={() => look({ text: true })} />
      ) : (
        <Block
          text={text}
          label="Text of the statement"
          sql={a.protocol === "postgres"}
          onWhole={() => look({ text: true })}
        />
      )}
      <p class="digest">
        {count([...text].length, "character")}, {count(bytes, "byte")}, {count(text.split("\n").length, "line")}. Digest
        of the whole action: <code>{a.digest}</code>
      </p>
      <Values o={a.operation} shown={looked.values} show={() => look({ values: true })} />
      {a.last_alike !== undefined && a.operation.sql !== undefined && (
        <AgainstLast alike={a.last_alike} statement={a.operation.sql} />
      )}
    </section>
  );
}

const PASSKEY_REASONS = new Set(["NEEDS_PASSKEY", "NEEDS_DEVICE_BOUND", "NEW_PASSKEY"]);

function Standing({ a }: { a: Approval }): JSX.Element {
  if (a.may_decide) return <p class="may">You may decide this.</p>;
  return (
    <p class="maynot">
      You may not decide this
      {a.may_not_why === undefined ? (
        "."
      ) : (
        <>
          : <Text text={a.may_not_why} />.
        </>
      )}
      {PASSKEY_REASONS.has(a.may_not_reason ?? "") && (
        <>
          {" "}
          <Link href="/passkeys">Your passkeys</Link>: a new one counts for what is asked afterwards.
        </>
      )}
    </p>
  );
}

function Outcome({ a }: { a: Approval }): JSX.Element | null {
  if (a.state === "pending") return null;
  const rows = a.outcome?.rows;
  return (
    <section aria-label="Outcome" class="outcome">
      <h2 id="outcome" tabIndex={-1}>Outcome</h2>
      <p>
        <strong>{stateText(a)}</strong>
        {rows !== undefined && <>, {count(rows, "row")}</>}
      </p>
      {a.why !== undefined && a.why !== "" && (
        <p>
          <Text text={a.why} />
        </p>
      )}
      {a.outcome?.outcome === "unknown" && (
        <p class="warn">The answer was lost: nobody knows whether it ran. It is never repeated by itself.</p>
      )}
    </section>
  );
}

/** Read out when it changes, however it changes. */
function Spoken({ a }: { a: Approval }): JSX.Element {
  return (
    <p
      class="spoken"
      role="status"
    >{`Now: ${stateText(a)}${a.outcome?.rows === undefined ? "" : `, ${count(a.outcome.rows, "row")}`}.`}</p>
  );
}

function Whole({ a }: { a: Approval }): JSX.Element {
  const long = a.operation !== undefined && isLong(a.operation, a.protocol);
  const hasValues = (a.operation?.parameters ?? []).length > 0;
  const [looked, setLooked] = useState<Looked>({ text: !long, values: !hasValues });
  const look = (more: Partial<Looked>): void => setLooked((old) => ({ ...old, ...more }));
  const unseen = [...(looked.text ? [] : ["the whole statement"]), ...(looked.values ? [] : ["its values"])];
  return (
    <article class="review">
      <Heading title={sentence(a)}>
        <Text text={sentence(a)} />
      </Heading>
      <p class="meta">
        <Badge a={a} /> <Countdown a={a} /> <Labels names={labelsOf(a)} />
      </p>
      <Spoken a={a} />
      <Standing a={a} />
      <Outcome a={a} />
      <Alone a={a} />
      <div class="sides">
        <Glance a={a} />
        <div class="what">
          <Statement a={a} looked={looked} look={look} />
          <Talk a={a} />
        </div>
        <div>
          <Reasons a={a} />
          <Goes a={a} />
        </div>
      </div>
      <Decide a={a} unseen={unseen} />
      <Datasets a={a} />
      <People a={a} />
      <Circumstances a={a} />
    </article>
  );
}

export function Review({ id }: { id: string }): JSX.Element {
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setProblem("");
    refresh(id)
      .then(() => approvals.value.has(id) || setProblem("There is no request here that you may see."))
      .catch((why: unknown) => setProblem(why instanceof Problem ? why.message : String(why)));
  }, [id]);
  const a = approvals.value.get(id);
  return (
    <>
      <p>
        <Link href="/">Back to the inbox</Link>
      </p>
      {problem !== "" && (
        <p class="warn" role="alert">
          {problem}
        </p>
      )}
      {a === undefined || a.outline === true ? (
        problem === "" ? (
          <p>Asking the gateway…</p>
        ) : (
          <Heading title="Nothing here">Nothing here</Heading>
        )
      ) : (
        <Whole key={a.id} a={a} />
      )}
    </>
  );
}
