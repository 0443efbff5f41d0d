// My passkeys: what signs a decision so that nothing between me and the keeper can make one up.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, caller, told } from "./api";
import { Confirm } from "./confirm";
import { LinkedAccounts } from "./links";
import { Heading, Link } from "./nav";
import { Button } from "./parts";
import { Text } from "./text";
import type { Passkey, Passkeys } from "./webauthn";
import { cannot, enrol, listPasskeys, remove } from "./webauthn";
import { time } from "./words";

const NAME_MOST = 64;
const short = (key: string): string => (key.length > 16 ? `${key.slice(0, 16)}…` : key);
export const called = (p: Passkey): string => (p.name === undefined || p.name === "" ? short(p.key) : p.name);

function Facts({ p }: { p: Passkey }): JSX.Element {
  return (
    <ul>
      <li>
        {p.device_bound ? "Bound to its device: it cannot be copied." : "Synced: it can be copied to your other devices."}
      </li>
      {p.vouched_by === "credential" && <li>Your first one: only your credential vouched for it.</li>}
      {p.vouched_by === "person" && <li>A second person vouched for it.</li>}
      {p.vouched_by === "passkey" && <li>Another passkey of yours vouched for it.</li>}
      {p.young && <li>Young: others see that it is less than three days old.</li>}
      <li>
        Since {time(p.since)}, {p.algorithm}, for <Text text={p.rp_id} />. It counts for what is asked afterwards.
      </li>
    </ul>
  );
}

function Rename({ p, onDone }: { p: Passkey; onDone: (problem: string) => void }): JSX.Element {
  const [name, setName] = useState(p.name ?? "");
  const save = (): void => {
    ask("/v1/passkeys/name", { key: p.key, name: name.trim() })
      .then(() => onDone(""))
      .catch((why: unknown) => onDone(told(why)));
  };
  return (
    <div class="inline">
      <label>
        Name of {called(p)}
        <input value={name} maxLength={NAME_MOST} onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <Button onClick={save}>Save the name</Button>
    </div>
  );
}

function One({ p, onRemove, onDone }: { p: Passkey; onRemove: () => void; onDone: (problem: string) => void }): JSX.Element {
  return (
    <li class="line passkey" data-key={p.key}>
      <h3>
        <Text text={called(p)} />
      </h3>
      <Facts p={p} />
      <Rename p={p} onDone={onDone} />
      <Button kind="no" onClick={onRemove}>
        Remove…
      </Button>
    </li>
  );
}

function New({ all, onDone }: { all: Passkeys; onDone: (problem: string) => void }): JSX.Element {
  const [name, setName] = useState("");
  const [step, setStep] = useState("");
  const [busy, setBusy] = useState(false);
  const [second, setSecond] = useState(false);
  const [asked, setAsked] = useState("");
  const why = cannot(all.origins);
  if (why !== "")
    return (
      <p class="warn">
        <Text text={why} />
      </p>
    );
  const begin = async (): Promise<void> => {
    setBusy(true);
    let problem = "";
    try {
      const wish = { who: caller.value?.identity ?? "", name: name.trim(), second };
      const made = await enrol(all, wish, setStep);
      setAsked("id" in made ? made.id : "");
      setName("");
    } catch (failed) {
      problem = told(failed);
    }
    setStep("");
    setBusy(false);
    onDone(problem);
  };
  return (
    <>
      <label>
        A name for it (if you like)
        <input
          value={name}
          maxLength={NAME_MOST}
          placeholder="office laptop"
          onInput={(e) => setName(e.currentTarget.value)}
        />
      </label>
      {all.passkeys.length > 0 && (
        <label class="check">
          <input type="checkbox" id="second" checked={second} onChange={(e) => setSecond(e.currentTarget.checked)} /> I have
          lost the others: ask a second person instead
        </label>
      )}
      <div class="buttons">
        <Button kind="yes" id="enrol" resting={busy} onClick={() => void begin()}>
          Add a passkey
        </Button>
      </div>
      <p role="status">{step}</p>
      {asked !== "" && (
        <p class="warn" role="alert">
          A second person has to say yes to it first. Until then it does not count:{" "}
          <Link href={`/approvals/${asked}`}>the request</Link>.
        </p>
      )}
    </>
  );
}

export function PasskeysPage(): JSX.Element {
  const [all, setAll] = useState<Passkeys | null>(null);
  const [problem, setProblem] = useState("");
  const [doomed, setDoomed] = useState<Passkey | null>(null);
  const load = (said: string): void => {
    setProblem(said);
    listPasskeys()
      .then(setAll)
      .catch((why: unknown) => setProblem(told(why)));
  };
  useEffect(() => load(""), []);
  return (
    <>
      <Heading title="Passkeys">Passkeys</Heading>
      <p>
        Nobody else can make what you sign with a passkey.
      </p>
      {problem !== "" && (
        <p class="warn" role="alert">
          <Text text={problem} />
        </p>
      )}
      {all === null ? (
        <p>Asking the gateway…</p>
      ) : (
        <>
          <section aria-label="Yours">
            <h2>Yours</h2>
            {all.passkeys.length === 0 ? (
              <p class="empty">
                None yet. Your phone, your computer or a security key makes one in a few seconds.
              </p>
            ) : (
              <ul class="lines">
                {all.passkeys.map((p) => (
                  <One key={p.key} p={p} onRemove={() => setDoomed(p)} onDone={load} />
                ))}
              </ul>
            )}
          </section>
          <section aria-label="One more">
            <h2>{all.passkeys.length === 0 ? "Add your first" : "Add another"}</h2>
            <New all={all} onDone={load} />
          </section>
        </>
      )}
      {doomed !== null && (
        <Confirm
          title={`Remove the passkey ${called(doomed)}?`}
          says="What it said yes to and has not run yet is taken back. One of your passkeys signs this."
          yes={`Remove ${called(doomed)}`}
          kind="no"
          onYes={async () => {
            await remove(doomed.key);
            load("");
          }}
          onClose={() => setDoomed(null)}
        />
      )}
      <LinkedAccounts say={setProblem} />
    </>
  );
}
