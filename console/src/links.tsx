// My accounts in chats: which ones decide as me, one more by signing in there, and the yes to exactly the one that came.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, caller, told } from "./api";
import { Confirm } from "./confirm";
import { Button } from "./parts";
import { Text } from "./text";
import { link } from "./webauthn";
import { time } from "./words";

interface Account {
  issuer: string;
  subject: string;
}

interface Links {
  accounts: (Account & { since: string })[];
  issuers: { name: string; issuer: string; team: string; linked: boolean }[];
  passkey: boolean;
  shown?: (Account & { name: string; team: string }) | undefined;
}

export function LinkedAccounts(): JSX.Element | null {
  const [all, setAll] = useState<Links>();
  const [problem, setProblem] = useState("");
  const [doomed, setDoomed] = useState<Account>();
  const who = caller.value?.identity ?? "";
  const load = async (): Promise<void> => {
    try {
      setAll(await ask<Links>("/v1/links"));
    } catch (why) {
      setProblem(told(why));
    }
  };
  useEffect(() => void load(), []);
  const begin = async (issuer: string): Promise<void> => {
    try {
      location.assign((await ask<{ redirect: string }>("/v1/links/begin", { issuer })).redirect);
    } catch (why) {
      setProblem(told(why));
    }
  };
  if (all?.issuers.length === 0) return null;
  const shown = all?.shown;
  return (
    <section aria-label="Linked accounts">
      <h2>Linked accounts</h2>
      {problem !== "" && (
        <p class="warn" role="alert">
          <Text text={problem} />
        </p>
      )}
      <ul class="lines">
        {all?.issuers.map((i) => (
          <li key={i.name} class="line">
            {all.accounts
              .filter((a) => a.issuer === i.issuer)
              .map((a) => (
                <p key={a.subject}>
                  <Text text={`${i.name}: ${a.subject}`} /> decides as you, what is asked after {time(a.since)}.{" "}
                  <Button kind="no" onClick={() => setDoomed({ issuer: a.issuer, subject: a.subject })}>
                    Unlink…
                  </Button>
                </p>
              ))}
            {!i.linked && <Button onClick={() => void begin(i.name)}>{`Link your ${i.name} account…`}</Button>}
          </li>
        ))}
      </ul>
      {shown !== undefined && (
        <Confirm
          title={`Link ${shown.name} (${shown.subject}) of ${shown.team} to ${who}?`}
          says={`Whoever has this account at ${shown.issuer} then decides as ${who}, what is asked from now on. Is it not yours? Go back.`}
          yes={`Link ${shown.subject}`}
          kind="yes"
          onYes={async () => {
            await link(shown, who, all?.passkey === true);
            await load();
          }}
          onClose={() => setAll((a) => a && { ...a, shown: undefined })}
        />
      )}
      {doomed !== undefined && (
        <Confirm
          title={`Unlink ${doomed.subject}?`}
          says="It decides nothing any more, at once. What it said yes to and has not run yet is taken back."
          yes="Unlink"
          kind="no"
          onYes={async () => {
            await ask("/v1/links/end", doomed);
            await load();
          }}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </section>
  );
}
