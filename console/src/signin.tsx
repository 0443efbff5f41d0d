// The way in: by an identity provider, where the gateway has one, or with a link from one's own machine.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ask, signedOutWhy } from "./api";
import { Heading, path } from "./nav";
import { Text } from "./text";

interface Issuer {
  name: string;
  issuer: string;
  code: boolean;
  ready: boolean;
  why?: string;
}

const issuers = signal<Issuer[]>([]);

/** Whom one may sign in with. Without an answer the link still works, so nothing is said of it. */
async function findIssuers(): Promise<void> {
  try {
    issuers.value = (await ask<{ issuers: Issuer[] }>("/v1/issuers")).issuers.filter((i) => i.code);
  } catch {
    issuers.value = [];
  }
}

/** A link, not a script: the browser leaves for the provider's page, and comes back to this one. */
function Way({ issuer }: { issuer: Issuer }): JSX.Element {
  const back = path.value === "/" ? "" : `?return=${encodeURIComponent(path.value)}`;
  return (
    <li>
      <a class="button" href={`/v1/signin/${encodeURIComponent(issuer.name)}${back}`} data-issuer={issuer.name}>
        Sign in with <Text text={issuer.name} />
      </a>{" "}
      <span class="hint">
        <Text text={issuer.issuer} />
      </span>
      {!issuer.ready && (
        <p class="warn">
          It may not work at the moment: <Text text={issuer.why ?? "the provider does not answer"} />
        </p>
      )}
    </li>
  );
}

function ByLink(): JSX.Element {
  return (
    <>
      <ol>
        <li>
          On the machine where your credential is, run <code>sluice console</code>.
        </li>
        <li>Open the link that it prints. It works once, for two minutes.</li>
      </ol>
      <p>
        No credential yet? Your operator gives you a code; <code>sluice enroll CODE</code> claims it.
      </p>
    </>
  );
}

export function SignIn(): JSX.Element {
  useEffect(() => void findIssuers(), []);
  const ways = issuers.value;
  return (
    <main id="main" class="signin">
      <Heading title="Sign in">Sluice</Heading>
      <p>This gateway holds the risky action until the right person says yes.</p>
      {signedOutWhy.value !== "" && (
        <p class="warn" role="alert">
          <Text text={signedOutWhy.value} />
        </p>
      )}
      <h2>Sign in</h2>
      {ways.length > 0 && (
        <>
          <ul class="ways" aria-label="Identity providers">
            {ways.map((i) => (
              <Way key={i.name} issuer={i} />
            ))}
          </ul>
          <h2>Or with a link</h2>
        </>
      )}
      <ByLink />
    </main>
  );
}
