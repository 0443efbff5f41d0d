// Lineage as nodes and edges: what /v1/lineage tells step by step, put together.
import { ask } from "./api";
import { actVerdict, isTried } from "./verdict";

export interface Act {
  target?: string;
  identity?: string;
  owner?: string;
  run?: string;
  reason?: string;
  rules?: string;
  verdict?: string;
  standing: string;
  approval?: string;
  approvers?: string;
  why?: string;
  last_at?: string;
  count?: number;
  rows?: number;
}

interface Step {
  name: string;
  kind: string;
  target?: string;
  depth: number;
  parent?: number;
  from?: string;
  flow?: string;
  labels?: string[];
  act?: Act;
}

interface Steps {
  steps: Step[];
  more: boolean;
}

interface Attempts {
  edges: { from: string; to: string; flow: string; labels?: string[]; act: Act }[];
  more: boolean;
}

export interface Node {
  key: string;
  name: string;
  target: string;
  kind: string;
  labels: string[];
  start: boolean;
}

export interface Edge {
  key: string;
  from: string;
  to: string;
  /** direct, indirect, export; part: a column of that dataset. */
  flow: string;
  labels: string[];
  act: Act | null;
}

export interface Graph {
  nodes: ReadonlyMap<string, Node>;
  edges: readonly Edge[];
  more: boolean;
}

export const isAttempt = (e: Edge): boolean => e.act !== null && isTried(e.act.standing);

class Builder {
  readonly nodes = new Map<string, Node>();
  readonly edges = new Map<string, Edge>();
  more = false;

  node(name: string, target: string, kind: string, labels: readonly string[] = [], start = false): Node {
    const key = `${kind === "sink" ? "" : target} ${name}`;
    const known = this.nodes.get(key);
    const node: Node = known ?? { key, name, target, kind, labels: [], start: false };
    node.start ||= start;
    node.labels = [...new Set([...node.labels, ...labels])];
    this.nodes.set(key, node);
    return node;
  }

  edge(from: Node, to: Node, flow: string, labels: readonly string[], act: Act | null): void {
    if (from === to) return;
    const key = `${from.key} > ${to.key} ${flow} ${act === null ? "" : act.standing}`;
    if (!this.edges.has(key)) this.edges.set(key, { key, from: from.key, to: to.key, flow, labels: [...labels], act });
  }

  /** The steps of a walk. Where one begins at a column of the step before (or at its dataset), that stands between. */
  steps({ steps, more }: Steps, down: boolean): void {
    this.more ||= more;
    const at = steps.map((s) => this.node(s.name, s.target ?? "", s.kind, s.labels, s.parent === undefined));
    steps.forEach((s, i) => {
      const to = at[i];
      const parent = s.parent === undefined ? undefined : at[s.parent];
      if (to === undefined || parent === undefined) return;
      const begins = s.from === undefined ? parent : this.node(s.from, parent.target, "column");
      if (begins !== parent) this.edge(parent, begins, "part", [], null);
      const [source, sink] = down ? [begins, to] : [to, begins];
      this.edge(source, sink, s.flow ?? "direct", source.labels, s.act ?? null);
    });
  }

  attempts({ edges, more }: Attempts): void {
    this.more ||= more;
    for (const e of edges) {
      const target = e.act.target ?? "";
      if (!this.nodes.has(`${target} ${e.from}`) && !this.nodes.has(`${target} ${e.to}`)) continue; // beside what is shown
      const from = this.node(e.from, target, "column", e.labels);
      const to = this.node(e.to, e.flow === "export" ? "" : target, e.flow === "export" ? "sink" : "column");
      this.edge(from, to, e.flow, e.labels ?? [], e.act);
    }
  }

  done(): Graph {
    return { nodes: this.nodes, edges: [...this.edges.values()], more: this.more };
  }
}

export async function askGraph(words: Record<string, string>): Promise<Graph> {
  const b = new Builder();
  const target = (words.target ?? "") === "" ? "" : `&target=${encodeURIComponent(words.target ?? "")}`;
  const of = encodeURIComponent(words.of ?? "");
  if ((words.to ?? "") !== "") {
    const to = encodeURIComponent(words.to ?? "");
    b.steps(await ask<Steps>(`/v1/lineage/path?from=${of}&to=${to}${target}`), true);
    return b.done();
  }
  const way = words.way ?? "both";
  const [up, down, attempts] = await Promise.all([
    way === "down" ? null : ask<Steps>(`/v1/lineage/up?of=${of}${target}`),
    way === "up" ? null : ask<Steps>(`/v1/lineage/down?of=${of}${target}`),
    ask<Attempts>(`/v1/lineage/attempts?of=${of}${target}`),
  ]);
  if (up !== null) b.steps(up, false);
  if (down !== null) b.steps(down, true);
  b.attempts(attempts);
  return b.done();
}

/** What became of it, in words that stand on its edge and in the list. */
export const verdict = (e: Edge): string => (e.act === null ? "" : actVerdict(e.act));
