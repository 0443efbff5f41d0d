// Who asks, who said what, and the circumstances.
import type { JSX } from "preact";
import { Fact, Names } from "./facts";
import { SignOff } from "./reviews";
import { settingsOf } from "./settings";
import { Text } from "./text";
import type { Approval, Vote } from "./types";
import { count, time } from "./words";

/** How sure one may be that it was this person. */
function Signed({ v }: { v: Vote }): JSX.Element {
  if (v.proof !== "passkey" || v.passkey === undefined) return <span class="hint">(by credential)</span>;
  const p = v.passkey;
  const more = [p.device_bound ? "device-bound" : "synced", ...(p.young ? ["young"] : [])];
  return (
    <span class="hint">
      (signed with a passkey{p.name === undefined ? "" : " "}
      {p.name !== undefined && <Text text={p.name} />}: {more.join(", ")}
      {p.vouched_by === "credential" ? ", which a credential alone vouched for" : ""}
      {p.vouched_by === "person" ? ", which a second person vouched for" : ""})
    </span>
  );
}

const SAID: Record<string, string> = { approve: "yes", deny: "no", lapsed: "a yes that does not count any more" };
const said = (decision: string): string => SAID[decision] ?? "released it alone";

/** "agent-7", "carol (owner)", "dora (delegate)": why each of them does not decide. */
const chain = (a: Approval): string[] =>
  a.requester_chain?.map((r) => (r.role === "self" ? r.name : `${r.name} (${r.role})`)) ?? a.requesters ?? [a.identity];

/** One person let it run; two others have to look at that. */
export function Alone({ a }: { a: Approval }): JSX.Element | null {
  const broken = a.break_glass;
  if (broken === undefined) return null;
  return (
    <section aria-label="Released alone" class="outcome">
      <h2>Released alone</h2>
      <p class="warn">
        <Text text={broken.by} /> released this alone (break-glass): <Text text={broken.reason} />
      </p>
      <p>
        {broken.signed_off} of {broken.needed} others have signed it off, until {time(broken.review_by)}
        {broken.overdue ? ": that time is over" : ""}.
      </p>
      {(broken.reviews ?? []).length > 0 && (
        <ul>
          {broken.reviews?.map((r) => (
            <li key={r.identity}>
              <Text text={r.identity} />, {time(r.at)}: <Text text={r.reason} />
            </li>
          ))}
        </ul>
      )}
      <SignOff id={a.id} />
    </section>
  );
}

export function People({ a }: { a: Approval }): JSX.Element {
  return (
    <section aria-label="People">
      <h2>People</h2>
      <dl>
        <Fact name="Asks">
          <Text text={a.identity} />
        </Fact>
        <Fact name="Requester set">
          <Names list={chain(a)} /> <span class="hint">nobody of them decides</span>
        </Fact>
        {a.trigger !== undefined && (
          <Fact name="Triggered by">
            <Text text={a.trigger} />
          </Fact>
        )}
        {a.job !== undefined && (
          <Fact name="Job">
            <Text text={a.job} />
            {a.job_link?.startsWith("https://") && (
              <>
                {" "}
                <a href={a.job_link} rel="noreferrer">
                  its log
                </a>
              </>
            )}
          </Fact>
        )}
        {a.started_by !== undefined && (
          <Fact name="Started by">
            <Text text={a.started_by} />
          </Fact>
        )}
        {a.on_behalf_of !== undefined && (
          <Fact name="Acts for">
            <Text text={a.on_behalf_of.join(", for ")} />
          </Fact>
        )}
        {a.unknown !== undefined && (
          <Fact name="Not known here">
            <Text text={a.unknown} /> <span class="hint">so two people are needed</span>
          </Fact>
        )}
        {a.reviewers !== undefined && (
          <Fact name="Needs">
            <Text text={a.reviewers} />
          </Fact>
        )}
        <Fact name="Votes">
          {a.votes.length === 0 ? (
            "none yet"
          ) : (
            <ul>
              {a.votes.map((v) => (
                <li key={v.identity}>
                  <Text text={v.by ?? v.identity} />: {said(v.decision)}, {time(v.at)}, through{" "}
                  {v.channel}: <Text text={v.reason} /> <Signed v={v} />
                </li>
              ))}
            </ul>
          )}
        </Fact>
      </dl>
    </section>
  );
}

const plural = (n: number): string => (n === 1 ? "setting is" : "settings are");

/** What is not as usual stands there; the rest is folded, and counted. */
function Session({ context }: { context: Record<string, string> }): JSX.Element {
  const { settings = "", ...who } = context;
  const { unusual, usual } = settingsOf(settings);
  return (
    <Fact name="Session">
      <Text
        text={Object.entries(who)
          .filter(([, v]) => v !== "")
          .map(([k, v]) => `${k} ${v}`)
          .join(", ")}
      />
      {unusual.length > 0 && (
        <ul class="settings" aria-label="Settings that are not as usual">
          {unusual.map((one) => (
            <li key={one}>
              <Text text={one} />
            </li>
          ))}
        </ul>
      )}
      {usual.length > 0 && (
        <details>
          <summary>
            {usual.length} {unusual.length > 0 ? "other " : ""}
            {plural(usual.length)} as usual
          </summary>
          <Text text={usual.join("; ")} />
        </details>
      )}
    </Fact>
  );
}

export function Circumstances({ a }: { a: Approval }): JSX.Element {
  const locks = a.show?.locks ?? [];
  return (
    <section aria-label="Circumstances">
      <h2>Circumstances</h2>
      <dl>
        <Fact name="Target">
          <Text text={`${a.target} (${a.environment}), ${a.protocol}`} />
        </Fact>
        <Fact name="Effects">{(a.effects ?? []).join(", ")}</Fact>
        <Fact name="Rows">
          {a.show?.rows_estimate !== undefined ? (
            `about ${count(a.show.rows_estimate, "row")} (the planner's estimate)`
          ) : (
            <Text text={`no estimate${a.show?.no_estimate === undefined ? "" : `: ${a.show.no_estimate}`}`} />
          )}
        </Fact>
        {a.run !== undefined && a.run !== "" && (
          <Fact name="Run">
            <Text text={a.run} />
          </Fact>
        )}
        {a.sink !== undefined && a.sink !== "" && (
          <Fact name="Sink">
            <Text text={a.sink} />
          </Fact>
        )}
        {a.runs_as !== undefined && (
          <Fact name="Runs as">
            <Text text={`${a.runs_as} ${a.runs_as_user ?? ""}`} />
          </Fact>
        )}
        {a.in_transaction === true && (
          <Fact name="Transaction">
            one is open
            {locks.length > 0 && (
              <>
                , with locks on <Names list={locks.map((l) => `${l.relation} (${l.mode})`)} />
              </>
            )}
          </Fact>
        )}
        {a.context !== undefined && <Session context={a.context} />}
        {a.client_gone && <Fact name="Client">gone: the same statement, sent again, joins this request</Fact>}
        {a.repeats !== undefined && (
          <Fact name="Repeats">
            <a href={`/approvals/${a.repeats}`}>one whose outcome is unknown</a>
          </Fact>
        )}
        <Fact name="Asked">{time(a.asked_at)}</Fact>
        <Fact name="Id">
          <code>{a.id}</code>
        </Fact>
      </dl>
    </section>
  );
}
