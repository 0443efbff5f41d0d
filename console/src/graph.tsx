// The graph itself: laid out by dagre, drawn as our own SVG, walked over with the arrow keys. It comes as a file of its
// own, when somebody looks at lineage.
import { Graph as LayoutGraph, layout } from "@dagrejs/dagre";
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { type Edge, type Graph, isAttempt, type Node, verdict } from "./flows";
import { sign } from "./verdict";
import { count } from "./words";

const LETTER = 7.9;
const SMALL_LETTER = 6.6;
const LINES = { one: 30, two: 46 };
const MOST_LETTERS = 34;

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Course {
  points: readonly { x: number; y: number }[];
  x: number;
  y: number;
}

interface Drawn {
  places: ReadonlyMap<string, Place>;
  lines: ReadonlyMap<string, Course>;
  width: number;
  height: number;
}

/** In an SVG there is one kind of text: what is not to be seen, or moves others, stands by its name. */
export function visible(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (c) => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
}

/** The middle of a long name is left out here; the list has it whole. */
function short(name: string): string {
  const letters = [...visible(name)];
  if (letters.length <= MOST_LETTERS) return letters.join("");
  return `${letters.slice(0, MOST_LETTERS / 2 - 1).join("")}…${letters.slice(-MOST_LETTERS / 2).join("")}`;
}

const under = (n: Node): string => (n.labels.length > 0 ? n.labels.map(visible).join(", ") : n.kind === "sink" ? "left the database" : "");

/** What stands on an edge: a sign and the verdict. Many approvers are shortened here; the list has them all. */
function said(e: Edge): string {
  const words = verdict(e);
  return words === "" ? "" : `${sign(words)} ${short(words)}`;
}

function draw(g: Graph): Drawn {
  const graph = new LayoutGraph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 16, ranksep: 70, marginx: 14, marginy: 14 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const n of g.nodes.values()) {
    const letters = Math.max([...short(n.name)].length, [...under(n)].length * 0.85);
    graph.setNode(n.key, { width: letters * LETTER + 22, height: under(n) === "" ? LINES.one : LINES.two });
  }
  for (const e of g.edges) {
    const letters = [...said(e)].length;
    graph.setEdge(e.from, e.to, letters === 0 ? {} : { width: letters * SMALL_LETTER, height: 16, labelpos: "c" }, e.key);
  }
  layout(graph);
  const size = graph.graph() as { width?: number; height?: number };
  const places = new Map<string, Place>();
  for (const key of g.nodes.keys()) places.set(key, graph.node(key) as Place);
  const lines = new Map<string, Course>();
  for (const e of g.edges) {
    const at = graph.edge({ v: e.from, w: e.to, name: e.key }) as Partial<Course> | undefined;
    lines.set(e.key, { points: at?.points ?? [], x: at?.x ?? 0, y: at?.y ?? 0 });
  }
  return { places, lines, width: Math.ceil(size.width ?? 0), height: Math.ceil(size.height ?? 0) };
}

/** A soft line through dagre's points. */
function pathOf(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let d = `M${first.x.toFixed(1)} ${first.y.toFixed(1)}`;
  rest.forEach((p, i) => {
    const next = rest[i + 1];
    if (next === undefined) d += `L${p.x.toFixed(1)} ${p.y.toFixed(1)}`;
    else d += `Q${p.x.toFixed(1)} ${p.y.toFixed(1)} ${((p.x + next.x) / 2).toFixed(1)} ${((p.y + next.y) / 2).toFixed(1)}`;
  });
  return d;
}

function Line({ e, course }: { e: Edge; course: Course | undefined }): JSX.Element {
  const points = course?.points ?? [];
  const words = said(e);
  const kinds = ["edge", e.flow, isAttempt(e) ? "attempted" : e.labels.length > 0 ? "labelled-edge" : "", e.act?.standing === "unknown" ? "unknown" : ""];
  return (
    <g class={kinds.join(" ")} aria-hidden="true">
      <path d={pathOf(points)} marker-end={e.flow === "part" ? undefined : "url(#arrow)"} />
      {words !== "" && course !== undefined && (
        <text class="small verdict" x={course.x} y={course.y + 4} text-anchor="middle">
          {words}
        </text>
      )}
    </g>
  );
}

function spoken(n: Node, g: Graph): string {
  const inward = g.edges.filter((e) => e.to === n.key && e.flow !== "part");
  const outward = g.edges.filter((e) => e.from === n.key && e.flow !== "part");
  const tried = [...inward, ...outward].filter(isAttempt).length;
  const attempts = tried === 0 ? "" : `, ${count(tried, "attempt")} among them`;
  const cut = short(n.name) === visible(n.name) ? "" : `, in full ${visible(n.name)}`;
  const flows = `${count(inward.length, "flow")} in, ${count(outward.length, "flow")} out${attempts}`;
  return `${`${short(n.name)} ${under(n)}`.trim()}, ${n.kind}${cut}: ${flows}`; // it begins with what one sees
}

interface NodeProps {
  n: Node;
  at: Place;
  label: string;
  walked: boolean;
  onFocus: () => void;
  onOpen: () => void;
}

function Box({ n, at, label, walked, onFocus, onOpen }: NodeProps): JSX.Element {
  const kinds = ["node", n.kind, n.start ? "start" : "", n.labels.length > 0 ? "labelled-node" : ""];
  const two = under(n) !== "";
  return (
    <g
      class={kinds.join(" ")}
      role="button"
      tabindex={walked ? 0 : -1}
      aria-label={label}
      data-node={n.key}
      transform={`translate(${at.x - at.width / 2} ${at.y - at.height / 2})`}
      onFocus={onFocus}
      onClick={onOpen}
      onKeyDown={(e: KeyboardEvent) => {
        if (e.key !== "Enter" && e.key !== " ") return;
        e.preventDefault();
        onOpen();
      }}
    >
      <rect width={at.width} height={at.height} rx="5" />
      <text x={at.width / 2} y={20} text-anchor="middle">
        {short(n.name)}
      </text>{" "}
      {two && (
        <text class="small" x={at.width / 2} y={37} text-anchor="middle">
          {under(n)}
        </text>
      )}
    </g>
  );
}

type Way = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";
const WAYS = new Set<string>(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Along a flow to the right and left; up and down to the nearest that stands there. */
function neighbour(g: Graph, d: Drawn, from: string, way: Way): string | undefined {
  const here = d.places.get(from);
  if (here === undefined) return undefined;
  const flow = way === "ArrowRight" ? g.edges.filter((e) => e.from === from).map((e) => e.to) : g.edges.filter((e) => e.to === from).map((e) => e.from);
  const sideways = way === "ArrowUp" || way === "ArrowDown";
  const sign = way === "ArrowUp" || way === "ArrowLeft" ? -1 : 1;
  const far = (key: string): number => {
    const at = d.places.get(key) as Place;
    return Math.abs(at.y - here.y) + Math.abs(at.x - here.x) * (sideways ? 3 : 1);
  };
  const among = sideways ? [...d.places.keys()].filter((k) => Math.sign((d.places.get(k) as Place).y - here.y) === sign) : flow;
  return among.toSorted((a, b) => far(a) - far(b))[0];
}

interface PictureProps {
  g: Graph;
  picked: string;
  onPick: (key: string) => void;
  onOpen: (n: Node) => void;
}

export function Picture({ g, picked, onPick, onOpen }: PictureProps): JSX.Element {
  const d = useMemo(() => draw(g), [g]);
  const ref = useRef<SVGSVGElement>(null);
  const start = [...g.nodes.values()].find((n) => n.start)?.key ?? "";
  const [stood, setStood] = useState({ g, key: start });
  const at = stood.g === g ? stood.key : start; // another graph is walked from its start
  const setAt = (key: string): void => setStood({ g, key });
  const onKey = (event: KeyboardEvent): void => {
    if (!WAYS.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = neighbour(g, d, at, event.key as Way);
    if (next === undefined) return;
    setAt(next);
    const box = [...(ref.current?.querySelectorAll<SVGGElement>("[data-node]") ?? [])].find((b) => b.dataset.node === next);
    box?.focus();
    box?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  return (
    <div class="graph" data-picked={picked}>
      <svg
        ref={ref}
        role="group"
        aria-label={`Graph of ${count(g.nodes.size, "node")}. The arrow keys walk along it, Enter looks from there.`}
        width={d.width}
        height={d.height}
        viewBox={`0 0 ${d.width} ${d.height}`}
        onKeyDown={onKey}
      >
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
            <path d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        {g.edges.map((e) => (
          <Line key={e.key} e={e} course={d.lines.get(e.key)} />
        ))}
        {[...g.nodes.values()].map((n) => (
          <Box
            key={n.key}
            n={n}
            at={d.places.get(n.key) as Place}
            label={spoken(n, g)}
            walked={n.key === at}
            onFocus={() => {
              setAt(n.key);
              onPick(n.key);
            }}
            onOpen={() => onOpen(n)}
          />
        ))}
      </svg>
    </div>
  );
}
