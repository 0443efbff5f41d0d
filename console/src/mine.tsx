// What an owner has to say about their agents: who they are, what is left of their budgets, pausing; and what was
// refused at once, by which rule.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ask } from "./api";
import { Confirm } from "./confirm";
import { Names } from "./facts";
import { Link } from "./nav";
import { Button } from "./parts";
import { Head, Text } from "./text";
import { count, time } from "./words";

interface Budget {
  rule: string;
  target: string;
  budget: string;
  used: string;
  left: Record<string, number>;
}

export interface Agent {
  name: string;
  kind: string;
  owner: string;
  status: string;
  paused_by?: string;
  sessions: number;
  open: number;
  budgets: Budget[];
}

interface Refusal {
  identity: string;
  target: string;
  statements?: string;
  rules?: string;
  verdict: string;
  why?: string;
  reason?: string;
  approval?: string;
  last_at: string;
  count: number;
  standing: string;
}

export interface Mine {
  agents: Agent[];
  refused: Refusal[];
  more: boolean;
}

export const fetchMine = (): Promise<Mine> => ask<Mine>("/v1/agents");

function Budgets({ list }: { list: readonly Budget[] }): JSX.Element {
  return (
    <ul>
      {list.map((b) => (
        <li key={`${b.target} ${b.rule}`}>
          <Text text={`${b.rule} on ${b.target}: ${b.used} used`} />
          {Object.entries(b.left).map(([what, left]) => (
            <span key={what}>
              , <strong>{left.toLocaleString("en-US")}</strong> {what} left
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

function statusOf(a: Agent): string {
  if (a.status !== "paused") return a.status;
  return a.paused_by === "owner" ? "paused by its owner" : "paused by the operator";
}

function One({ agent, onPause }: { agent: Agent; onPause: (off: boolean) => void }): JSX.Element {
  const mayResume = agent.status === "paused" && agent.paused_by === "owner";
  return (
    <li class="line plain">
      <strong>
        <Text text={agent.name} />
      </strong>{" "}
      <span class={`badge ${agent.status}`}>{statusOf(agent)}</span>
      <p class="meta">
        <span>{agent.kind}</span>
        <span>{count(agent.sessions, "session")}</span>
        <span>{count(agent.open, "request")} open</span>
      </p>
      {agent.budgets.length > 0 && <Budgets list={agent.budgets} />}
      {agent.status === "active" && (
        <Button kind="no" onClick={() => onPause(false)}>
          {`Pause ${agent.name}`}
        </Button>
      )}
      {mayResume && <Button onClick={() => onPause(true)}>{`Let ${agent.name} go on`}</Button>}
    </li>
  );
}

interface Asked {
  who: string | null; // null: all
  off: boolean;
}

function PauseQuestion({
  asked,
  onDone,
  onClose,
}: {
  asked: Asked;
  onDone: () => Promise<void>;
  onClose: () => void;
}): JSX.Element {
  const whom = asked.who ?? "all of your agents and services";
  const yes = asked.off ? `Let ${whom} go on` : `Pause ${whom}`;
  return (
    <Confirm
      title={`${yes}?`}
      says={
        asked.off
          ? "They may sign in and ask again. What was ended stays ended."
          : "Their sessions end, what they asked for is over, and they cannot sign in until you let them go on."
      }
      yes={yes}
      kind={asked.off ? "yes" : "no"}
      onYes={async () => {
        const who = asked.who === null ? { all: true } : { identity: asked.who };
        await ask("/v1/agents/pause", { ...who, off: asked.off });
        await onDone();
      }}
      onClose={onClose}
    />
  );
}

/** Agents and services, their budgets, and the hand on their switch. */
export function AgentList({ mine, onChanged }: { mine: Mine; onChanged: () => Promise<void> }): JSX.Element {
  const asked = useSignal<Asked | null>(null);
  const agents = mine.agents.filter((a) => a.kind !== "human");
  const active = agents.filter((a) => a.status === "active");
  return (
    <section aria-label="Agents and services">
      <h2>Agents and services</h2>
      {agents.length === 0 ? (
        <p class="empty">
          You own none. <code>sluice identity add NAME --kind agent --owner YOU</code> makes one.
        </p>
      ) : (
        <ul class="lines">
          {agents.map((a) => (
            <One key={a.name} agent={a} onPause={(off) => (asked.value = { who: a.name, off })} />
          ))}
        </ul>
      )}
      {mine.more && <p class="warn">There are more than these.</p>}
      {active.length > 1 && (
        <p class="buttons">
          <Button kind="no" onClick={() => (asked.value = { who: null, off: false })}>
            Pause all of mine
          </Button>
        </p>
      )}
      {asked.value !== null && (
        <PauseQuestion asked={asked.value} onDone={onChanged} onClose={() => (asked.value = null)} />
      )}
    </section>
  );
}

function Refused({ r }: { r: Refusal }): JSX.Element {
  return (
    <li class="line over plain">
      <span class="sentence">
        <Text text={`${r.identity} on ${r.target}: ${r.statements ?? "something"}`} />
        {r.count > 1 && ` (${r.count} times)`}
      </span>
      <p class="meta">
        <span class="badge denied">{r.standing}</span>
        <time dateTime={r.last_at}>{time(r.last_at)}</time>
        {r.rules !== undefined && (
          <span>
            by <Names list={[r.rules]} />
          </span>
        )}
      </p>
      {r.why !== undefined && (
        <span class="why">
          <Head text={r.why} max={300} />
        </span>
      )}
      {r.approval !== undefined && <Link href={`/approvals/${r.approval}`}>Open the request</Link>}
    </li>
  );
}

/** What ended before anybody was asked; what people or time refused is in the list above it. */
export function DeniedAtOnce({ mine }: { mine: Mine }): JSX.Element {
  const list = mine.refused.filter((r) => r.approval === undefined);
  return (
    <section aria-label="Denied at once">
      <h2>Denied at once, and by which rule</h2>
      {list.length === 0 ? (
        <p class="empty">No action of yours on data was denied at once lately.</p>
      ) : (
        <ul class="lines">
          {list.map((r) => (
            <Refused key={`${r.identity} ${r.target} ${r.statements ?? ""} ${r.last_at} ${r.rules ?? ""}`} r={r} />
          ))}
        </ul>
      )}
    </section>
  );
}
