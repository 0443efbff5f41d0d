// What my agents and I asked for: waiting, running, refused and why. Cancelling is one click and one question away.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { act, listLines } from "./api";
import { Away } from "./away";
import { Confirm } from "./confirm";
import { Asking, useFetched } from "./fetched";
import { Section, useSome, useWalk } from "./lines";
import { AgentList, DeniedAtOnce, fetchMine } from "./mine";
import { Heading, Link } from "./nav";
import { Badge, Button, Countdown } from "./parts";
import { approvals, loaded, order, put } from "./store";
import { Head, Text } from "./text";
import type { Approval } from "./types";
import { sentence, verb } from "./words";

function Waiting({ a, onCancel }: { a: Approval; onCancel: () => void }): JSX.Element {
  return (
    <li class="line">
      <Link href={`/approvals/${a.id}`} class="row">
        <span class="sentence">
          <Text text={sentence(a)} />
        </span>
        <span class="meta">
          <Countdown a={a} />
          <Badge a={a} />
          {a.client_gone && <span>client gone</span>}
        </span>
        {a.reviewers !== undefined && (
          <span class="why">
            needs a yes from <Text text={a.reviewers} />
          </span>
        )}
      </Link>
      <Button kind="no" onClick={onCancel}>
        Cancel this request
      </Button>
    </li>
  );
}

function Refused({ a }: { a: Approval }): JSX.Element {
  return (
    <li class="line over">
      <Link href={`/approvals/${a.id}`} class="row">
        <span class="sentence">
          <Text text={sentence(a)} />
        </span>
        <span class="meta">
          <Badge a={a} />
        </span>
        {a.held_why !== undefined && (
          <span class="why">
            <Text text={a.held_why} />
          </span>
        )}
        {a.why !== undefined && a.why !== "" && (
          <span class="why">
            <Head text={a.why} max={300} />
          </span>
        )}
      </Link>
    </li>
  );
}

const REFUSED = new Set(["denied", "expired", "cancelled", "lapsed", "revoked"]);

/** The latest of mine that are over: among everybody's they may be far down. */
async function loadMine(): Promise<void> {
  put((await listLines({ of: "mine", limit: "100" })).approvals.reverse());
}

export function Agents(): JSX.Element {
  const cancelling = useSignal<Approval | null>(null);
  const about = useFetched(fetchMine);
  useWalk();
  const mine = order.value.map((id) => approvals.value.get(id)).filter((a): a is Approval => a !== undefined && a.mine);
  const waiting = mine.filter((a) => a.state === "pending");
  const refused = mine
    .filter((a) => REFUSED.has(a.state))
    .reverse()
    .slice(0, 50);
  const rest = mine
    .filter((a) => a.state === "approved" || a.state === "spent")
    .reverse()
    .slice(0, 50);
  const doomed = cancelling.value;
  const { shown, more } = useSome(waiting.length);
  // What is left and what was refused moves with what becomes of the requests.
  const moved = mine.map((a) => a.state).join();
  useEffect(() => void loadMine().catch(() => undefined), []);
  useEffect(() => {
    const timer = setTimeout(() => void about.again(), 500);
    return () => clearTimeout(timer);
  }, [moved]);
  return (
    <>
      <Heading title="My agents">My agents</Heading>
      {!loaded.value && <p>Asking the gateway…</p>}
      <Asking of={about} />
      {about.value !== null && <AgentList mine={about.value} onChanged={about.again} />}
      <section aria-label="Waiting">
        <h2>
          Waiting
          {waiting.length > 0 && (
            <>
              {" "}
              <span class="number">{waiting.length}</span>
            </>
          )}
        </h2>
        {waiting.length === 0 ? (
          <p class="empty">
            Nothing of yours waits. What you or an agent that you own asks for, and Sluice holds, stands here.
          </p>
        ) : (
          <ul class="lines">
            {waiting.slice(0, shown).map((a) => (
              <Waiting key={a.id} a={a} onCancel={() => (cancelling.value = a)} />
            ))}
            {more !== null && <li>{more}</li>}
          </ul>
        )}
      </section>
      <section aria-label="Refused">
        <h2>Refused, and why</h2>
        {refused.length === 0 ? (
          <p class="empty">Nothing of yours was refused. A no stands here with its reason, so that you know what to change.</p>
        ) : (
          <ul class="lines">
            {refused.map((a) => (
              <Refused key={a.id} a={a} />
            ))}
          </ul>
        )}
      </section>
      {about.value !== null && <DeniedAtOnce mine={about.value} />}
      <Section title="Approved and run" list={rest} empty="Nothing of yours ran with an approval yet." />
      <Away />
      {doomed !== null && (
        <Confirm
          title={`Cancel ${verb(doomed)} on ${doomed.target}?`}
          says={sentence(doomed)}
          yes={`Cancel: ${verb(doomed)} on ${doomed.target}`}
          kind="no"
          onYes={async () => put([await act(doomed.id, "cancel", {})])}
          onClose={() => (cancelling.value = null)}
        />
      )}
    </>
  );
}
