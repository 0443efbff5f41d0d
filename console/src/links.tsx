// My accounts in chats: which one decides as me, one by signing in there, and the yes to exactly the one that came.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, caller, told } from "./api";
import { Button } from "./parts";
import { Text } from "./text";
import type { Account } from "./webauthn";
import { link } from "./webauthn";

interface Links {
  accounts: Account[];
  issuers: { name: string; issuer: string }[];
  passkey: boolean;
  shown?: Account & { name: string; team: string };
}

export function LinkedAccounts({ say }: { say: (problem: string) => void }): JSX.Element {
  const [all, setAll] = useState<Links>();
  const run = (done: Promise<unknown>): void =>
    void done
      .then(() => ask<Links>("/v1/links"))
      .then(setAll)
      .catch((why: unknown) => say(told(why)));
  useEffect(() => run(Promise.resolve()), []);
  const shown = all?.shown;
  const who = caller.value?.identity ?? "";
  return (
    <p>
      {shown && (
        <>
          <Text text={`Link ${shown.name} (${shown.subject}) of ${shown.team} to ${who}? It then decides as you.`} />{" "}
          <Button kind="yes" onClick={() => run(link(shown, who, all.passkey))}>
            Link
          </Button>{" "}
        </>
      )}
      {all?.issuers.map(({ name, issuer }) => {
        const mine = all.accounts.find((a) => a.issuer === issuer);
        return mine ? (
          <Button kind="no" onClick={() => run(ask("/v1/links/end", { issuer, subject: mine.subject }))}>
            {`Unlink ${mine.subject}`}
          </Button>
        ) : (
          <Button onClick={() => run(ask<{ redirect: string }>("/v1/links/begin", { issuer: name }).then((to) => location.assign(to.redirect)))}>
            {`Link your ${name} account…`}
          </Button>
        );
      })}
    </p>
  );
}
