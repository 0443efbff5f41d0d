// Requests as lines: alike ones together, walked over with j and k.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { Link } from "./nav";
import { Badge, Countdown, Labels, Rows } from "./parts";
import { Head, Text } from "./text";
import type { Approval } from "./types";
import { alikeKey, count, isOpen, labelsOf, sentence } from "./words";

interface Group {
  key: string;
  members: Approval[];
}

/** Groups stand where their first member stood. */
export function groups(list: readonly Approval[]): Group[] {
  const found = new Map<string, Group>();
  for (const a of list) {
    const key = alikeKey(a);
    const group = found.get(key);
    if (group === undefined) found.set(key, { key, members: [a] });
    else group.members.push(a);
  }
  return [...found.values()];
}

function Line({ a }: { a: Approval }): JSX.Element {
  return (
    <li class={isOpen(a) ? "line" : "line over"} data-id={a.id}>
      <Link href={`/approvals/${a.id}`} class="row">
        <span class="sentence">
          <Text text={sentence(a)} />
        </span>
        <span class="meta">
          <Countdown a={a} />
          {a.state !== "pending" && <Badge a={a} />}
          <Labels names={labelsOf(a)} />
          {a.client_gone && <span>client gone</span>}
          {a.in_transaction === true && <span>in a transaction</span>}
          {a.proof === "passkey" && <span>passkey needed</span>}
        </span>
        {a.held_why !== undefined && (
          <span class="why">
            <Text text={a.held_why} />
          </span>
        )}
        {a.reason !== undefined && a.reason !== "" && (
          <span class="why">
            says: <Head text={a.reason} max={160} />
          </span>
        )}
        {!a.may_decide && a.state === "pending" && a.may_not_why !== undefined && (
          <span class="why">
            You: <Text text={a.may_not_why} />
          </span>
        )}
      </Link>
    </li>
  );
}

const AT_ONCE = 50;

/** A part of a long list, and a line that shows more of it: j and k stop there too. */
export function useSome(total: number): { shown: number; more: JSX.Element | null } {
  const shown = useSignal(AT_ONCE);
  const rest = total - shown.value;
  const onClick = (): void => {
    shown.value += 2 * AT_ONCE;
  };
  const more =
    rest <= 0 ? null : (
      <button type="button" class="row somemore" onClick={onClick}>
        Show {count(Math.min(rest, 2 * AT_ONCE), "more line")} of {count(rest, "line")} that {rest === 1 ? "is" : "are"} not
        shown yet
      </button>
    );
  return { shown: shown.value, more };
}

function Preflight({ members }: { members: readonly Approval[] }): JSX.Element {
  const { shown, more } = useSome(members.length);
  const hasRows = members.some((a) => a.show?.rows_estimate !== undefined);
  const hasReason = members.some((a) => (a.reason ?? "") !== "");
  return (
    <>
      <Rows name="Alike requests" head={["Statement", ...(hasRows ? ["Rows"] : []), ...(hasReason ? ["Says"] : []), "State", "Time"]}>
        {members.slice(0, shown).map((a) => (
          <tr key={a.id}>
            <td>
              <Link href={`/approvals/${a.id}`}>
                <Head text={a.summary ?? a.id} max={200} />
              </Link>
            </td>
            {hasRows && <td>{a.show?.rows_estimate ?? ""}</td>}
            {hasReason && (
              <td>
                <Head text={a.reason ?? ""} max={80} />
              </td>
            )}
            <td>
              <Badge a={a} />
            </td>
            <td>
              <Countdown a={a} />
            </td>
          </tr>
        ))}
      </Rows>
      {more}
    </>
  );
}

/** The pre-flight table of alike requests: each differs in its values only, and each is decided by itself. */
function Alike({ group }: { group: Group }): JSX.Element {
  const open = useSignal(false);
  const waits = group.members.filter((a) => a.state === "pending");
  const first = waits[0] ?? group.members[0];
  if (first === undefined || group.members.length === 1) return first === undefined ? <></> : <Line a={first} />;
  return (
    <li class={waits.length > 0 ? "group" : "group over"}>
      <button type="button" class="row" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <span class="sentence">
          {count(group.members.length, "request")} alike: <Text text={sentence(first)} />
        </span>
        <span class="meta">
          <Countdown a={first} />
          {waits.length < group.members.length && <span>{waits.length} of them still wait</span>}
          <Labels names={labelsOf(first)} />
        </span>
        {first.held_why !== undefined && (
          <span class="why">
            <Text text={first.held_why} />
          </span>
        )}
      </button>
      {open.value && <Preflight members={group.members} />}
    </li>
  );
}

export function Section({
  title,
  list,
  empty,
}: {
  title: string;
  list: readonly Approval[];
  empty: string;
}): JSX.Element {
  const open = list.filter((a) => a.state === "pending").length;
  const all = groups(list);
  const { shown, more } = useSome(all.length);
  return (
    <section aria-label={title}>
      <h2>
        {title}
        {open > 0 && (
          <>
            {" "}
            <span class="number">{open}</span>
          </>
        )}
      </h2>
      {list.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : (
        <ul class="lines">
          {all.slice(0, shown).map((g) => (
            <Alike key={g.key} group={g} />
          ))}
          {more !== null && <li>{more}</li>}
        </ul>
      )}
    </section>
  );
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

/** j and k walk over the lines, from the moment that these are seen; Enter opens, because they are links. */
export function useWalk(): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (event.key !== "j" && event.key !== "k") return;
      const rows = [...document.querySelectorAll<HTMLElement>("main .row")];
      const at = rows.findIndex((row) => row === document.activeElement);
      const next = at < 0 ? 0 : Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1);
      rows[next]?.focus();
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
