// Who there is: people, agents, services; whose they are, and what of that is not as it should be.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ask } from "./api";
import { Names } from "./facts";
import { Asking, useFetched } from "./fetched";
import { useSome } from "./lines";
import { Heading } from "./nav";
import { Rows } from "./parts";
import { Text } from "./text";
import { count, time } from "./words";

interface Person {
  name: string;
  display?: string;
  kind: "human" | "agent" | "service";
  owner: string;
  owner_active?: boolean;
  status: string;
  groups: string[];
  linked: string[];
  accounts?: { issuer: string; subject: string }[];
  can_decide: boolean;
  passkeys: number;
  sessions: number;
  last_seen_at?: string;
  since: string;
  away?: { from: string; until: string; stand_in?: string };
}

interface Page {
  identities: Person[];
  next?: string;
}

const MOST = 20_000;

async function fetchPeople(): Promise<Person[]> {
  const all: Person[] = [];
  let after = "";
  for (;;) {
    const page: Page = await ask<Page>(`/v1/identities${after === "" ? "" : `?after=${encodeURIComponent(after)}`}`);
    all.push(...page.identities);
    if (page.next === undefined || all.length >= MOST) return all;
    after = page.next;
  }
}

const isOrphan = (p: Person): boolean => p.kind !== "human" && p.owner_active !== true && p.status !== "disabled";

function Row({ p }: { p: Person }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <Text text={p.name} />
        {p.display !== undefined && (
          <span class="why">
            called there: <Text text={p.display} />
          </span>
        )}
        {p.linked.length > 0 && (
          <span class="why">
            also <Names list={p.linked} />
          </span>
        )}
        {(p.accounts ?? []).map((a) => (
          <span key={`${a.issuer} ${a.subject}`} class="why">
            <Text text={`${a.subject} at ${a.issuer}`} />
          </span>
        ))}
      </th>
      <td>{p.kind}</td>
      <td>
        {p.owner !== "" && <Text text={p.owner} />}
        {isOrphan(p) && <span class="badge alarm">{p.owner === "" ? "no owner" : "owner is not active"}</span>}
      </td>
      <td>
        <span class={`badge ${p.status}`}>{p.status}</span>
        {p.away && (
          <span class="why">
            <Text
              text={`away ${Date.parse(p.away.from) > Date.now() ? `from ${time(p.away.from)} ` : ""}until ${time(p.away.until)}${p.away.stand_in ? `; ${p.away.stand_in} stands in` : ""}`}
            />
          </span>
        )}
      </td>
      <td>
        <Names list={p.groups} />
      </td>
      <td>
        {p.can_decide ? "decides" : ""}
        {p.passkeys > 0 && `, ${count(p.passkeys, "passkey")}`}
      </td>
      <td>{p.last_seen_at === undefined ? "never" : <time dateTime={p.last_seen_at}>{time(p.last_seen_at)}</time>}</td>
    </tr>
  );
}

function Table({ people }: { people: readonly Person[] }): JSX.Element {
  const { shown, more } = useSome(people.length);
  return (
    <>
      <Rows name="Identities" head={["Name", "Kind", "Owner", "Status", "Groups", "Decides", "Last seen"]}>
        {people.slice(0, shown).map((p) => (
          <Row key={p.name} p={p} />
        ))}
      </Rows>
      {more}
    </>
  );
}

export function Identities(): JSX.Element {
  const people = useFetched(fetchPeople);
  const wanted = useSignal("");
  const words = wanted.value.toLowerCase();
  const all = people.value ?? [];
  const list = all.filter((p) => `${p.name} ${p.kind} ${p.owner} ${p.groups.join(" ")}`.toLowerCase().includes(words));
  const orphans = all.filter(isOrphan);
  return (
    <>
      <Heading title="Identities">Identities</Heading>
      <Asking of={people} />
      {orphans.length > 0 && (
        <p class="warn" role="alert">
          {count(orphans.length, "agent or service answers", "agents and services answer")} to no active owner:{" "}
          <Names list={orphans.slice(0, 10).map((p) => p.name)} />. Nobody stands for what they do.
        </p>
      )}
      {people.value !== null && (
        <>
          <p>
            <label>
              Name, kind, owner or group
              <input
                type="search"
                value={wanted.value}
                onInput={(e) => (wanted.value = e.currentTarget.value)}
                autoComplete="off"
              />
            </label>
          </p>
          <p role="status">
            {list.length === all.length ? count(all.length, "identity", "identities") : `${list.length} of ${all.length}`}
          </p>
          {list.length > 0 ? (
            <Table people={list} />
          ) : (
            <p class="empty">Nobody is called like that. Part of a name, a kind, an owner or a group is enough; leave it empty for all.</p>
          )}
        </>
      )}
      {people.value !== null && all.every((p) => p.kind === "human") && (
        <p class="empty">
          No agent or service yet: <code>sluice identity add NAME --kind agent --owner YOU</code> makes one, and{" "}
          <code>sluice token create NAME</code> what it signs in with.
        </p>
      )}
      <p class="hint">
        The operator changes them: <code>sluice identity</code>. “Last seen” counts use in whole hours.
      </p>
    </>
  );
}
