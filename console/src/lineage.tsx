// Where data came from and where it went: a graph to look at and walk over, and the same as a list.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { askAgain, Field, Question, Trouble, useAnswer, wordsHere } from "./asking";
import { askGraph, type Edge, type Graph, isAttempt, type Node, verdict } from "./flows";
import { Heading, Link, query } from "./nav";
import { Labels } from "./parts";
import { Head, Text } from "./text";
import { count, time } from "./words";

const WAYS = [
  ["both", "both ways"],
  ["up", "up: what it was made from"],
  ["down", "down: what was made from it"],
] as const;

const DRAWN_MOST = 160;

type Picture = typeof import("./graph").Picture;

/** dagre is half of this console: it comes when it is needed. */
function usePicture(): { Picture: Picture | null; problem: string } {
  const [state, setState] = useState<{ Picture: Picture | null; problem: string }>({ Picture: null, problem: "" });
  useEffect(() => {
    import("./graph").then(
      (m) => setState({ Picture: m.Picture, problem: "" }),
      () => setState({ Picture: null, problem: "The graph could not be loaded; the list below has all of it." }),
    );
  }, []);
  return state;
}

const FLOWS: Record<string, string> = {
  direct: "its value goes to",
  indirect: "decides what goes to",
  export: "leaves for",
};

function EdgeWords({ e, g }: { e: Edge; g: Graph }): JSX.Element {
  const name = (key: string): string => g.nodes.get(key)?.name ?? key;
  return (
    <>
      <Text text={name(e.from)} /> {FLOWS[e.flow] ?? e.flow} <Text text={name(e.to)} />
    </>
  );
}

function ActWords({ e }: { e: Edge }): JSX.Element | null {
  const a = e.act;
  if (a === null) return null;
  return (
    <span class="meta">
      <span>
        <Text text={a.identity ?? "somebody"} />
        {a.owner !== undefined && (
          <>
            {" "}
            (<Text text={a.owner} />)
          </>
        )}
      </span>
      <time dateTime={a.last_at}>{time(a.last_at)}</time>
      {(a.count ?? 1) > 1 && <span>{count(a.count ?? 1, "time")}</span>}
      {isAttempt(e) ? (
        <span class="badge deny">did not happen: {e.act?.standing}</span>
      ) : (
        <span class="badge">
          <Text text={verdict(e)} />
        </span>
      )}
      <Labels names={e.labels} />
      {a.approval !== undefined && <Link href={`/approvals/${a.approval}`}>approval</Link>}
    </span>
  );
}

function EdgeLine({ e, g }: { e: Edge; g: Graph }): JSX.Element {
  const a = e.act;
  return (
    <li class={isAttempt(e) ? "line attempted-line" : "line"}>
      <div class="row">
        <span class={e.labels.length > 0 ? "sentence" : ""}>
          {isAttempt(e) && "tried, and not done: "}
          <EdgeWords e={e} g={g} />
        </span>
        <ActWords e={e} />
        {a !== null && (a.reason ?? a.why) !== undefined && (
          <span class="why">
            says: <Head text={a.reason ?? a.why ?? ""} max={160} />
          </span>
        )}
      </div>
    </li>
  );
}

/** The graph as far as it can be looked at: what lies nearest comes first. */
function looked(g: Graph): Graph {
  if (g.edges.length <= DRAWN_MOST) return g;
  const edges = g.edges.slice(0, DRAWN_MOST);
  const kept = new Set(edges.flatMap((e) => [e.from, e.to]));
  return { ...g, edges, nodes: new Map([...g.nodes].filter(([key, n]) => kept.has(key) || n.start)) };
}

const flowsOf = (g: Graph): Edge[] => g.edges.filter((e) => e.flow !== "part");

function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-label="How it is drawn">
      <li>
        <strong>bold</strong>: labelled data
      </li>
      <li>dashed: decides what goes there</li>
      <li>on each line what became of it: ✓ allowed or approved, ✕ attempted (dotted), ? nobody knows</li>
      <li>thin dots: a column of it</li>
    </ul>
  );
}

function Picked({ g, picked }: { g: Graph; picked: string }): JSX.Element {
  const near = flowsOf(g).filter((e) => e.from === picked || e.to === picked);
  const node = g.nodes.get(picked);
  return (
    <section aria-label="What is picked" class="picked">
      {node === undefined ? (
        <p class="hint">Pick a node to see what flows there: click, or Tab and the arrow keys. Enter looks from there.</p>
      ) : (
        <>
          <h3>
            <Text text={node.name} /> <Labels names={node.labels} />
          </h3>
          <ul class="lines">
            {near.slice(0, 6).map((e) => (
              <EdgeLine key={e.key} e={e} g={g} />
            ))}
          </ul>
          {near.length > 6 && <p class="hint">{count(near.length - 6, "more flow")} in the list below.</p>}
          <Link href={`/audit?dataset=${encodeURIComponent(node.name)}`}>Entries about it</Link>
        </>
      )}
    </section>
  );
}

function Found({ g }: { g: Graph }): JSX.Element {
  const { Picture, problem } = usePicture();
  const [picked, setPicked] = useState("");
  const shown = looked(g);
  const flows = flowsOf(g);
  const open = (n: Node): void => askAgain({ of: n.name, target: n.kind === "sink" ? "" : n.target });
  return (
    <>
      <p role="status">
        {count(g.nodes.size, "node")}, {count(flows.length, "flow")}
        {g.more && "; there is more than one answer holds"}.
        {shown !== g && ` The ${DRAWN_MOST} nearest are drawn; the list has all of them.`}
      </p>
      <Trouble problem={problem} />
      {Picture === null ? problem === "" && <p role="status">Drawing…</p> : <Picture g={shown} picked={picked} onPick={setPicked} onOpen={open} />}
      <Legend />
      <Picked g={g} picked={picked} />
      <section aria-label="As a list">
        <h2>As a list</h2>
        <ul class="lines">
          {flows.map((e) => (
            <EdgeLine key={e.key} e={e} g={g} />
          ))}
        </ul>
      </section>
    </>
  );
}

function Nothing({ to }: { to: string }): JSX.Element {
  return (
    <p class="empty">
      {to === ""
        ? "Nothing that flowed through the gateway touched it. Names are schema.table or schema.table.column; without a schema, public is meant."
        : "No data went from one to the other, as far as Sluice saw."}
    </p>
  );
}

export function LineagePage(): JSX.Element {
  const words = wordsHere();
  const of = (name: string): string => words.get(name) ?? "";
  const asked = { of: of("of"), to: of("to"), way: of("way") === "" ? "both" : of("way"), target: of("target") };
  const { value, problem, busy } = useAnswer<Graph | null>(query.value, () => (asked.of === "" ? Promise.resolve(null) : askGraph(asked)));
  return (
    <>
      <Heading title="Lineage">Lineage</Heading>
      <Question label="Lineage of what" button="Show">
        <Field name="of" title="Dataset or column" value={asked.of} hint="public.customers.email" />
        <Field name="way" title="Which way" value={asked.way} options={WAYS} />
        <Field name="to" title="The way to (leave empty for all)" value={asked.to} hint="staging.copy" />
        <Field name="target" title="Target" value={asked.target} hint="where several have it" />
      </Question>
      <Trouble problem={problem} />
      {busy && <p role="status">Asking the gateway…</p>}
      {asked.of === "" && (
        <p class="empty">
          Name a dataset or a column. You see what it was made from, what was made from it, where it left the database, who did
          that and with whose yes. What was tried and denied is drawn too.
        </p>
      )}
      {value !== null && !busy && (value.edges.length === 0 ? <Nothing to={asked.to} /> : <Found key={query.value} g={value} />)}
    </>
  );
}
