// One request, whole: what will happen, why it is held, whether I may decide, and what became of it.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "./api";
import { Decide } from "./decide";
import { Datasets, Goes, Reasons } from "./facts";
import { Statements } from "./list";
import { Heading, Link } from "./nav";
import { Badge, Countdown, stateText } from "./parts";
import { Alone, Circumstances, People } from "./people";
import { approvals, refresh } from "./store";
import { bindText, Block, looseText, oddCount, Text } from "./text";
import type { Approval, Operation } from "./types";
import { count, sentence } from "./words";

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

function Values({ o }: { o: Operation }): JSX.Element | null {
  const list = o.parameters ?? [];
  if (list.length === 0) return null;
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

function Statement({ a, onWhole }: { a: Approval; onWhole: () => void }): JSX.Element {
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
        <Statements list={a.operation.list} long={LONG} onWhole={onWhole} />
      ) : (
        <Block text={text} label="Text of the statement" onWhole={onWhole} />
      )}
      <p class="digest">
        {count([...text].length, "character")}, {count(bytes, "byte")}, {count(text.split("\n").length, "line")}. Digest
        of the whole action: <code>{a.digest}</code>
      </p>
      <Values o={a.operation} />
    </section>
  );
}

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
    </p>
  );
}

function Outcome({ a }: { a: Approval }): JSX.Element | null {
  if (a.state === "pending") return null;
  const rows = a.outcome?.rows;
  return (
    <section aria-label="Outcome" class="outcome">
      <h2>Outcome</h2>
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
    >{`It ${stateText(a)}${a.outcome?.rows === undefined ? "" : `, ${count(a.outcome.rows, "row")}`}.`}</p>
  );
}

function Whole({ a }: { a: Approval }): JSX.Element {
  const long = a.operation !== undefined && isLong(a.operation, a.protocol);
  const [whole, setWhole] = useState(!long);
  return (
    <article>
      <Heading title={sentence(a)}>
        <Text text={sentence(a)} />
      </Heading>
      <p class="meta">
        <Badge a={a} /> <Countdown a={a} />
      </p>
      <Spoken a={a} />
      <Standing a={a} />
      <Outcome a={a} />
      <Alone a={a} />
      <Statement a={a} onWhole={() => setWhole(true)} />
      <Reasons a={a} />
      <Decide a={a} whole={whole} />
      <Datasets a={a} />
      <Goes a={a} />
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
