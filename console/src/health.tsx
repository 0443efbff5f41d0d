// What runs and how well, and what somebody should do about it.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ask } from "./api";
import { Fact } from "./facts";
import { Asking, useFetched } from "./fetched";
import { Heading } from "./nav";
import { Rows } from "./parts";
import { Text } from "./text";
import { count, time } from "./words";

interface Program {
  role: string;
  index: number;
  state: string;
  restarts: number;
  started?: string;
}

interface Target {
  name: string;
  listing: string;
  checked?: string;
  why?: string;
  server?: string;
  sessions: number;
}

interface Status {
  programs?: Program[];
  targets?: Target[];
  canaries?: Record<string, { result?: string; at?: string; why?: string }>;
  journals: { attached: boolean; size: number; waiting: number }[];
  sessions: number;
  console_sessions?: number;
  pending: number;
  approved: number;
  draining: boolean;
  started_at: string;
  now: string;
  ledger: { size: number; checkpoint: number; signed_at?: string };
  disk?: { free_bytes: number; size_bytes: number };
  nags: string[];
}

const REFRESH_MS = 10_000;
const fetchHealth = async (): Promise<Status> => (await ask<{ status: Status }>("/v1/health")).status;

const GIB = 2 ** 30;
const size = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GB` : `${Math.round(bytes / 2 ** 20).toLocaleString("en-US")} MB`;

function seconds(from: string | undefined, to: string): string {
  if (from === undefined) return "not yet";
  return `${count(Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000)), "second")} ago`;
}

function Nags({ list }: { list: readonly string[] }): JSX.Element {
  return list.length === 0 ? (
    <p class="may">All is as it should be.</p>
  ) : (
    <ul class="warn" aria-label="To be looked at">
      {list.map((n) => (
        <li key={n}>
          <Text text={n} />
        </li>
      ))}
    </ul>
  );
}

function Targets({ s }: { s: Status }): JSX.Element {
  return (
    <section aria-label="Targets">
      <h2>Targets</h2>
      <Rows name="Each target" head={["Target", "Catalog", "Checked", "Canary", "Sessions"]}>
        {(s.targets ?? []).map((t) => {
          const canary = s.canaries?.[t.name];
          return (
            <tr key={t.name}>
              <th scope="row">
                <Text text={t.name} />
              </th>
              <td>
                {t.listing}
                {t.why !== undefined && (
                  <span class="why">
                    <Text text={t.why} />
                  </span>
                )}
              </td>
              <td>{seconds(t.checked, s.now)}</td>
              <td>
                {canary === undefined ? (
                  "none"
                ) : (
                  <span class={canary.result === "flowed" ? "badge alarm" : "badge"}>{canary.result ?? ""}</span>
                )}
              </td>
              <td>{t.sessions}</td>
            </tr>
          );
        })}
      </Rows>
    </section>
  );
}

function Programs({ s }: { s: Status }): JSX.Element {
  return (
    <section aria-label="Programs">
      <h2>Programs</h2>
      <Rows name="Each program" head={["Program", "State", "Restarts", "Since"]}>
        {(s.programs ?? []).map((p) => (
          <tr key={`${p.role} ${p.index}`}>
            <th scope="row">
              {p.role} {p.index}
            </th>
            <td>{p.state}</td>
            <td>{p.restarts}</td>
            <td>{time(p.started)}</td>
          </tr>
        ))}
      </Rows>
    </section>
  );
}

function Record({ s }: { s: Status }): JSX.Element {
  return (
    <section aria-label="Record">
      <h2>Record</h2>
      <dl>
        <Fact name="Ledger">{count(s.ledger.size, "entry", "entries")}</Fact>
        <Fact name="Signed">
          {s.ledger.checkpoint.toLocaleString("en-US")} of them, last checkpoint {seconds(s.ledger.signed_at, s.now)}
        </Fact>
        <Fact name="Journals">
          {s.journals
            .map((j) => (j.attached ? `${Math.round((100 * j.waiting) / Math.max(1, j.size))}% of ${size(j.size)}` : "not attached"))
            .join(", ")}
        </Fact>
        {s.disk !== undefined && (
          <Fact name="Disk">
            {size(s.disk.free_bytes)} free of {size(s.disk.size_bytes)}
          </Fact>
        )}
        <Fact name="Sessions">
          {s.sessions} of clients, {s.console_sessions ?? 0} of the console
        </Fact>
        <Fact name="Held now">
          {s.pending} wait for a decision, {s.approved} are approved and not run yet
        </Fact>
        <Fact name="Started">{time(s.started_at)}</Fact>
      </dl>
    </section>
  );
}

export function Health(): JSX.Element {
  const health = useFetched(fetchHealth);
  const { again } = health;
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && void again(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [again]);
  const s = health.value;
  return (
    <>
      <Heading title="Health">Health</Heading>
      <Asking of={health} />
      {s !== null && (
        <>
          <Nags list={s.nags} />
          <Targets s={s} />
          <Programs s={s} />
          <Record s={s} />
        </>
      )}
    </>
  );
}
