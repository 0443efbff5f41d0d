// Where the data goes, small: sources on the left, where it would go on the right, labelled edges bold. The list below it
// says the same in words, whole; this is for eyes.
import type { JSX } from "preact";
import { plain } from "./text";
import type { Flow } from "./types";
import { sign } from "./verdict";

const WIDE = 640;
const ROW = 26;
const TOP = 18;
const LEFT_END = 250;
const RIGHT_BEGIN = 390;
const CHARS = 34;

const shortened = (name: string): string => {
  const chars = [...plain(name)];
  return chars.length <= CHARS ? chars.join("") : `…${chars.slice(1 - CHARS).join("")}`;
};

const places = (names: readonly string[]): Map<string, number> =>
  new Map([...new Set(names)].map((name, i) => [name, TOP + i * ROW]));

function Edge({ from, to, bold }: { from: number; to: number; bold: boolean }): JSX.Element {
  const middle = (LEFT_END + RIGHT_BEGIN) / 2;
  return (
    <path
      class={bold ? "edge labelled-edge" : "edge"}
      d={`M${LEFT_END + 6} ${from}C${middle} ${from} ${middle} ${to} ${RIGHT_BEGIN - 10} ${to}`}
      marker-end="url(#arrow)"
    />
  );
}

/** Where edges begin stands what became of them: of one request they all share it. */
function Verdict({ y, words }: { y: number; words: string }): JSX.Element {
  return (
    <text class="said verdict" x={LEFT_END + 8} y={y - 4}>
      {`${sign(words)} ${words}`}
    </text>
  );
}

export function Graph({ flows, verdict }: { flows: readonly Flow[]; verdict: string }): JSX.Element {
  const from = places(flows.map((f) => f.from));
  const to = places(flows.map((f) => f.to));
  const high = TOP + Math.max(from.size, to.size) * ROW;
  const labelled = (name: string): boolean => flows.some((f) => f.from === name && (f.labels ?? []).length > 0);
  return (
    <svg class="graph" viewBox={`0 0 ${WIDE} ${high}`} aria-hidden="true" focusable="false">
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path class="arrow" d="M0 0L8 4L0 8Z" />
        </marker>
      </defs>
      {flows.map((f) => (
        <Edge
          key={`${f.from} ${f.to}`}
          from={from.get(f.from) ?? 0}
          to={to.get(f.to) ?? 0}
          bold={(f.labels ?? []).length > 0}
        />
      ))}
      {[...from].map(([name, y]) => (
        <Verdict key={name} y={y} words={verdict} />
      ))}
      {[...from].map(([name, y]) => (
        <text key={name} class={labelled(name) ? "said labelled" : "said"} x={LEFT_END} y={y + 5} text-anchor="end">
          {shortened(name)}
        </text>
      ))}
      {[...to].map(([name, y]) => (
        <text key={name} class="said" x={RIGHT_BEGIN} y={y + 5}>
          {shortened(name)}
        </text>
      ))}
    </svg>
  );
}
