// One entry of the ledger, opened: what it says, and whether it is in the signed tree. The proof is computed here.
import type { JSX } from "preact";
import { useAnswer } from "./asking";
import { Fact } from "./facts";
import { Link } from "./nav";
import { type Check, type Proof, prove } from "./proof";
import { Block, Text } from "./text";
import { type Line, place } from "./trail";
import { time } from "./words";

type Verdict = "proved" | "unsure" | "not-proved";

const WORDS: Record<Verdict, string> = {
  proved: "✓ Proved: it is in the ledger, as it is shown here",
  unsure: "? Not all of it could be looked at here",
  "not-proved": "✗ NOT proved: do not believe it, and run sluice ledger verify",
};

function verdictOf(checks: readonly Check[]): Verdict {
  if (checks.some((c) => c.ok === false)) return "not-proved";
  return checks.some((c) => c.ok === null) ? "unsure" : "proved";
}

const MARKS = new Map<boolean | null, [string, string]>([
  [true, ["✓", "yes"]],
  [false, ["✗", "no"]],
  [null, ["?", "not looked at"]],
]);

function Checked({ c }: { c: Check }): JSX.Element {
  const [mark, word] = MARKS.get(c.ok) ?? ["?", ""];
  return (
    <li class={`check ${word === "yes" ? "yes" : word === "no" ? "no" : "open"}`}>
      <span aria-hidden="true">{mark}</span> <span class="spoken">{word}: </span>
      <strong>{c.what}.</strong> <Text text={c.says} />
    </li>
  );
}

export function ProofOf({ proof }: { proof: Proof }): JSX.Element {
  const verdict = verdictOf(proof.checks);
  return (
    <section aria-label={`Proof of entry ${proof.entry}`}>
      <p class={`verdict ${verdict}`} role={verdict === "not-proved" ? "alert" : "status"}>
        {WORDS[verdict]}
      </p>
      <ol class="checks">
        {proof.checks.map((c) => (
          <Checked key={c.what} c={c} />
        ))}
      </ol>
      <p class="hint">
        This page computed it from the checkpoint and the tiles. It came from the same gateway: somebody who keeps the key
        and an older checkpoint elsewhere (<code>sluice ledger verify --old</code>) need not believe even that.
      </p>
    </section>
  );
}

const at = (list: unknown, index: unknown): unknown => (Array.isArray(list) && typeof index === "number" ? list[index] : undefined);
const member = (of: unknown, name: string): unknown =>
  of !== null && typeof of === "object" ? (of as Record<string, unknown>)[name] : undefined;

/** One action of a batch with the rows of the entry's tables that it points to: the entry itself says it. */
function itemOf(leaf: unknown, line: number | undefined): unknown {
  if (line === undefined) return leaf;
  const item = at(member(leaf, "actions"), line);
  return {
    action: item,
    at: member(leaf, "at"),
    session: at(member(leaf, "sessions"), member(item, "by")),
    statement: at(member(leaf, "statements"), member(item, "statement")),
  };
}

/** What the line says that the entry says itself: a list that lies is found here. */
/** What an entry says itself wherever it is said at all. */
const OWN = new Set<string>(["event", "approver", "decision", "refused"]);
const SHARED = ["kind", "event", "approval", "approver", "decision", "refused", "identity", "target", "outcome", "rows"] as const;

function checkLine(l: Line, leaf: unknown): Check {
  const actions = member(leaf, "actions");
  const one = Array.isArray(actions) ? l.line !== undefined && l.line in actions : l.line === undefined;
  if (!one) return lineCheck(["its place in the entry"]);
  const item = itemOf(leaf, l.line);
  const places = [leaf, ...["action", "session"].map((name) => (l.line === undefined ? undefined : member(item, name)))];
  const own = (name: string): unknown => places.map((p) => member(p, name)).find((v) => v !== undefined);
  const facts = member(member(item, "statement") ?? leaf, "facts");
  const wrong: string[] = SHARED.filter((name) => (own(name) !== undefined || OWN.has(name)) && own(name) !== l[name]);
  if (facts !== undefined && member(facts, "verdict") !== l.verdict) return lineCheck([...wrong, "verdict"]);
  return lineCheck(wrong);
}

function lineCheck(wrong: readonly string[]): Check {
  const what = "The line above says what the entry says";
  return { what, ok: wrong.length === 0, says: wrong.length === 0 ? "Compared field by field." : `It says something else in: ${wrong.join(", ")}.` };
}

function Said({ l, proof }: { l: Line; proof: Proof }): JSX.Element {
  const whole = proof.text.length.toLocaleString("en-US");
  return (
    <>
      <h3>{l.line === undefined ? `Entry ${l.entry}` : `Action ${l.line} of entry ${l.entry}`}</h3>
      <Block sql={false} text={JSON.stringify(itemOf(proof.leaf, l.line), null, 2)} label={`What entry ${place(l)} says`} />
      {l.line !== undefined && (
        <details>
          <summary>The whole entry, {whole} bytes, as it is hashed</summary>
          <Block sql={false} text={proof.text} label={`Entry ${l.entry}, whole`} />
        </details>
      )}
    </>
  );
}

export function Entry({ l }: { l: Line }): JSX.Element {
  const { value, problem, busy } = useAnswer<Proof>(String(l.entry), () => prove(l.entry));
  return (
    <div class="entry">
      <dl>
        <Fact name="Recorded">{time(l.recorded_at)}</Fact>
        {l.approval !== undefined && (
          <Fact name="Approval">
            <Link href={`/approvals/${l.approval}`}>its page</Link>, <Link href={`/audit?approval=${l.approval}`}>its life</Link>
          </Fact>
        )}
      </dl>
      {busy && <p role="status">Computing the proof…</p>}
      {problem !== "" && (
        <p class="verdict not-proved" role="alert">
          ✗ Not proved: <Text text={problem} />
        </p>
      )}
      {value !== null && (
        <>
          <ProofOf proof={{ ...value, checks: [...value.checks, checkLine(l, value.leaf)] }} />
          <Said l={l} proof={value} />
        </>
      )}
    </div>
  );
}
