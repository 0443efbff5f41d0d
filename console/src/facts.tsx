// What is known about a request beside its statement: rules, data, and where it goes.
import type { ComponentChildren, JSX } from "preact";
import { Graph } from "./drawing";
import { Labels, Rows } from "./parts";
import { pieces, Text } from "./text";
import type { Approval, Dataset, Requirement } from "./types";
import { requestVerdict } from "./verdict";
import { count, labelsOf, time, who } from "./words";

export function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export const Names = ({ list }: { list: readonly string[] }): JSX.Element => <Text text={list.join(", ")} />;

function Rule({ r }: { r: Requirement }): JSX.Element {
  return (
    <li>
      <strong>
        <Text text={r.rule} />
      </strong>
      : {r.have} of {count(r.need, "yes", "yeses")}
      {r.groups.length > 0 && (
        <>
          {" "}
          from <Names list={r.groups} />
        </>
      )}
      {r.identities.length > 0 && (
        <>
          , or <Names list={r.identities} />
        </>
      )}
      {r.text !== undefined && (
        <pre class="exact rule" tabIndex={0} role="region" aria-label={`What the rule ${r.rule} says`}>
          {pieces(r.text, true)}
        </pre>
      )}
    </li>
  );
}

function quorum(a: Approval): string {
  const need = a.requirements.reduce((sum, r) => sum + r.need, 0);
  const have = a.requirements.reduce((sum, r) => sum + Math.min(r.have, r.need), 0);
  return `${have} of ${count(need, "yes", "yeses")}`;
}

const rowsOf = (a: Approval): string =>
  a.show?.rows_estimate === undefined
    ? `no estimate${a.show?.no_estimate === undefined ? "" : `: ${a.show.no_estimate}`}`
    : `about ${count(a.show.rows_estimate, "row")}`;

/** What one looks for in the first ten seconds. */
export function Glance({ a }: { a: Approval }): JSX.Element {
  return (
    <section aria-label="At a glance">
      <h2>At a glance</h2>
      <dl>
        <Fact name="Asks">
          <Text text={who(a)} />
          {roles(a).length > 0 && (
            <span class="hint">
              {" "}
              (<Names list={roles(a)} />)
            </span>
          )}
        </Fact>
        <Fact name="Data classes">
          <Labels names={labelsOf(a)} />
          {labelsOf(a).length === 0 && "none"}
        </Fact>
        <Fact name="Rows">
          <Text text={rowsOf(a)} />
        </Fact>
        {(a.show?.sizes ?? []).length > 0 && (
          <Fact name="Tables">
            <Names list={(a.show?.sizes ?? []).map((s) => `${s.dataset} has about ${count(s.rows, "row")}`)} />
          </Fact>
        )}
        <Fact name="Quorum">
          {quorum(a)}
          {a.reviewers !== undefined && (
            <>
              {" "}
              (<Text text={a.reviewers} />)
            </>
          )}
          {a.escalated_at !== undefined && `, escalated at ${time(a.escalated_at)}`}
        </Fact>
        <Fact name="Proof">
          {a.proof === "passkey" ? "signed with a passkey" : "a credential, or a passkey"}
          {a.keys === "device-bound" && " that cannot leave its device"}
          {a.decide_in !== undefined && `, by ${a.decide_in.join(", ")}`}
          {a.proof_why !== undefined && <span class="hint"> {a.proof_why}</span>}
        </Fact>
      </dl>
    </section>
  );
}

export function Reasons({ a }: { a: Approval }): JSX.Element {
  return (
    <section aria-label="Why it is held">
      <h2>Why it is held</h2>
      {a.held_why !== undefined && (
        <p>
          <Text text={a.held_why} />
        </p>
      )}
      <ul class="rules">
        {a.requirements.map((r) => (
          <Rule key={r.rule} r={r} />
        ))}
      </ul>
      <p>
        The reason that it gives:{" "}
        <Text text={a.reason === undefined || a.reason === "" ? "(no reason given)" : a.reason} />
      </p>
    </section>
  );
}

function Data({ d }: { d: Dataset }): JSX.Element {
  const columns = d.columns ?? [];
  return (
    <tr>
      <th scope="row">
        <Text text={d.name} />
      </th>
      <td>{d.effects.join(", ")}</td>
      <td>{d.all_columns === true ? "all columns" : <Names list={columns} />}</td>
      <td>
        <Labels names={d.labels} />
      </td>
    </tr>
  );
}

export function Datasets({ a }: { a: Approval }): JSX.Element | null {
  const sets = a.datasets ?? [];
  if (sets.length === 0) return null;
  return (
    <section aria-label="Data that it touches">
      <h2>Data that it touches</h2>
      <Rows name="Table of data" head={["Dataset", "Effects", "Columns", "Labels"]}>
        {sets.map((d) => (
          <Data key={d.name} d={d} />
        ))}
      </Rows>
    </section>
  );
}

const roles = (a: Approval): string[] =>
  (a.requester_chain ?? []).flatMap((r) => (r.role === "self" ? [] : [`${r.name}: ${r.role}`]));

export function Goes({ a }: { a: Approval }): JSX.Element | null {
  const l = a.lineage;
  if (l === undefined || (l.flows.length === 0 && (l.downstream?.dataset_count ?? 0) === 0)) return null;
  const hidden = l.flow_count - l.flows.length;
  return (
    <section aria-label="Where the data goes">
      <h2>Where the data goes</h2>
      {l.flows.length > 0 && <Graph flows={l.flows} verdict={requestVerdict(a)} />}
      <ul class="flows">
        {l.flows.map((f) => (
          <li key={`${f.from} ${f.to}`} class={(f.labels ?? []).length > 0 ? "labelled" : ""}>
            <Text text={f.from} /> <span aria-label="goes to">→</span> <Text text={f.to} /> <Labels names={f.labels} />
          </li>
        ))}
      </ul>
      {hidden > 0 && <p>and {count(hidden, "flow")} more</p>}
      {l.downstream !== undefined && l.downstream.dataset_count > 0 && (
        <p>
          Made from what it changes: {count(l.downstream.dataset_count, "dataset")}
          {l.downstream.more && " or more"} (<Names list={l.downstream.datasets} />)
        </p>
      )}
    </section>
  );
}
