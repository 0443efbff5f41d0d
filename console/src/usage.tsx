// Who moved how much of which data, hour by hour.
import type { JSX } from "preact";
import { ask } from "./api";
import { Field, Question, SINCE, Trouble, useAnswer, withWords, wordsHere } from "./asking";
import { Heading, Link } from "./nav";
import { Rows } from "./parts";
import { type Hourly, Spark } from "./spark";
import { Head } from "./text";
import { count, time } from "./words";

const KEYS = [
  ["identity", "identity"],
  ["owner", "owner"],
  ["run", "run"],
  ["dataset", "dataset"],
  ["label", "label"],
  ["target", "target"],
  ["verdict", "verdict"],
] as const;

interface Counts {
  statements: number;
  rows: number;
  bytes: number;
}

type Row = Counts & { hour?: string; [key: string]: unknown };

interface Told {
  usage: Row[];
  total: Counts;
  more: boolean;
  all: boolean;
  since: string;
}

interface Both {
  rows: Told;
  hours: Told;
}

async function both(words: URLSearchParams, by: string): Promise<Both> {
  const path = (keys: string, limit: string): string => {
    const all = new URLSearchParams(words);
    all.set("by", keys);
    all.set("limit", limit);
    return `/v1/usage?${all.toString()}`;
  };
  const [rows, hours] = await Promise.all([ask<Told>(path(by, "100")), ask<Told>(path(`${by},hour`, "1000"))]);
  return { rows, hours };
}

export function bytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let left = n;
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit++;
  }
  return `${unit === 0 ? left : left.toFixed(1)} ${units[unit] ?? ""}`;
}

const nameOf = (row: Row, by: string): string | null => {
  const value = row[by];
  return typeof value === "string" ? value : null;
};

/** The words that lead on to the entries, where the ledger can be searched by them. */
const SEARCHED = new Set(["identity", "dataset", "label", "target", "verdict"]);

function Name({ row, by, since }: { row: Row; by: string; since: string }): JSX.Element {
  const name = nameOf(row, by);
  if (name === null) return <span class="hint">(no {by})</span>;
  const text = <Head text={name} max={80} />;
  return SEARCHED.has(by) ? <Link href={`/audit${withWords({ [by]: name, since })}`}>{text}</Link> : text;
}

function hoursOf(hours: Told, by: string, name: string | null): Hourly[] {
  return hours.usage
    .filter((r) => nameOf(r, by) === name && typeof r.hour === "string")
    .map((r) => ({ hour: r.hour ?? "", value: r.statements }));
}

function Numbers({ c }: { c: Counts }): JSX.Element {
  return (
    <>
      <td class="figure">{c.statements.toLocaleString("en-US")}</td>
      <td class="figure">{c.rows.toLocaleString("en-US")}</td>
      <td class="figure">{bytes(c.bytes)}</td>
    </>
  );
}

function Table({ both: { rows, hours }, by, since }: { both: Both; by: string; since: string }): JSX.Element {
  const fromMs = Date.parse(rows.since);
  const toMs = Date.now();
  return (
    <Rows name={`Usage by ${by}`} head={[by, "statements", "rows", "bytes", "statements by hour"]} figures={3}>
      {rows.usage.map((row) => (
        <tr key={nameOf(row, by) ?? ""}>
          <th scope="row">
            <Name row={row} by={by} since={since} />
          </th>
          <Numbers c={row} />
          <td>
            <Spark points={hoursOf(hours, by, nameOf(row, by))} fromMs={fromMs} toMs={toMs} unit="statement" />
          </td>
        </tr>
      ))}
      <tr>
        <th scope="row">total</th>
        <Numbers c={rows.total} />
        <td />
      </tr>
    </Rows>
  );
}

export function UsagePage(): JSX.Element {
  const words = wordsHere();
  const of = (name: string, otherwise = ""): string => words.get(name) ?? otherwise;
  const by = KEYS.find(([key]) => key === of("by"))?.[0] ?? "identity";
  const since = of("since", "24h");
  const asked = new URLSearchParams(withWords({ since, identity: of("identity"), dataset: of("dataset"), label: of("label") }));
  const { value, problem, busy } = useAnswer<Both>(`${by}?${asked.toString()}`, () => both(asked, by));
  return (
    <>
      <Heading title="Usage">Usage</Heading>
      <Question label="Which usage" button="Show">
        <Field name="by" title="Counted by" value={by} options={KEYS} />
        <Field name="since" title="In" value={since} options={SINCE} />
        <Field name="identity" title="Only identity" value={of("identity")} />
        <Field name="dataset" title="Only dataset" value={of("dataset")} hint="public.customers" />
        <Field name="label" title="Only label" value={of("label")} hint="pii" />
      </Question>
      <Trouble problem={problem} />
      {busy && value === null && <p role="status">Asking the gateway…</p>}
      {value !== null && !busy && (
        <>
          <p class="hint" role="status">
            {count(value.rows.usage.length, "line")}, most bytes first, since {time(value.rows.since)}. What runs now is in it.
            {value.rows.more && " There are more lines: narrow it down."}
            {value.hours.more && " The bars show the busiest hours only: ask for a shorter time."}
            {!value.rows.all && " It is your own usage and that of what you own."}
          </p>
          {value.rows.usage.length === 0 ? (
            <p class="empty">
              Nothing of that kind ran in this time. Whatever goes through the gateway is counted here within a second; a client names its run with <code>SET sluice.run = '…'</code>.
            </p>
          ) : (
            <Table both={value} by={by} since={since} />
          )}
        </>
      )}
    </>
  );
}
