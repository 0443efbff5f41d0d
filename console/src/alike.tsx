// The last approved action like this one, and what is different now.
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Part } from "./diff";
import { diff } from "./diff";
import { Names } from "./facts";
import { Link } from "./nav";
import { pieces, Text } from "./text";
import type { Alike } from "./types";
import { count, time } from "./words";

const LONG = 100;
const KEPT = 36;

/** Of a long stretch that is the same, its ends; how much lies between is said. */
function Same({ text }: { text: string }): JSX.Element {
  const chars = [...text];
  if (chars.length <= LONG) return <>{pieces(text, true)}</>;
  return (
    <>
      {pieces(chars.slice(0, KEPT).join(""), true)}
      <span class="more"> … {count(chars.length - 2 * KEPT, "character")} that are the same … </span>
      {pieces(chars.slice(-KEPT).join(""), true)}
    </>
  );
}

function Piece({ part }: { part: Part }): JSX.Element {
  if (part.kind === "same") return <Same text={part.text} />;
  return part.kind === "gone" ? <del>{pieces(part.text, true)}</del> : <ins>{pieces(part.text, true)}</ins>;
}

export function AgainstLast({ alike, statement }: { alike: Alike; statement: string }): JSX.Element {
  const parts = useMemo(() => diff(alike.statement, statement), [alike.statement, statement]);
  const same = parts.every((p) => p.kind === "same");
  return (
    <section aria-label="Against the last approved">
      <h3>Against the last approved alike</h3>
      <p>
        <Link href={`/approvals/${alike.id}`}>
          Asked by <Text text={alike.identity} />
        </Link>, approved by <Names list={alike.by} />,{" "}
        {time(alike.decided_at)}.
        {same && " The text is the same, character for character."}
      </p>
      {!same && (
        <pre class="exact diff" tabIndex={0} role="region" aria-label="What is different">
          {parts.map((part, i) => (
            <Piece key={i} part={part} />
          ))}
        </pre>
      )}
      {!same && (
        <p class="hint">
          <del>Struck out</del>: only the approved one had it. <ins>Underlined</ins>: only this one has it.
        </p>
      )}
    </section>
  );
}
