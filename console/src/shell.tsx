// The frame around every page: who is here, whether it is live, and the way in.
import type { JSX } from "preact";
import { Agents } from "./agents";
import { caller, signedIn } from "./api";
import { Health } from "./health";
import { Identities } from "./identities";
import { Inbox } from "./inbox";
import { live } from "./live";
import { Link, path } from "./nav";
import { PasskeysPage } from "./passkeys";
import { PolicyPage } from "./policy";
import { REPORTS } from "./reports";
import { ReleasedAlone, ReviewsBadge } from "./reviews";
import { Review } from "./review";
import { signOut } from "./session";
import { SignIn } from "./signin";
import { announced } from "./store";
import { Text } from "./text";

function Liveness(): JSX.Element {
  const text = { live: "live", connecting: "connecting…", lost: "not live" }[live.value];
  return (
    <span class={`live ${live.value}`} role="status">
      {text}
    </span>
  );
}

/** Pages about the whole: where they are, and how they are called. */
const PAGES: Record<string, { name: string; page: () => JSX.Element }> = {
  "/passkeys": { name: "Passkeys", page: () => <PasskeysPage /> },
  "/policy": { name: "Policy", page: () => <PolicyPage /> },
  "/identities": { name: "Identities", page: () => <Identities /> },
  "/health": { name: "Health", page: () => <Health /> },
};

function Frame({ children }: { children: JSX.Element }): JSX.Element {
  const at = path.value;
  const current = (to: string): { "aria-current"?: "page" } => (at === to ? { "aria-current": "page" } : {});
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <strong class="brand">Sluice</strong>
        <nav aria-label="Pages">
          <Link href="/" {...current("/")}>
            Inbox <ReviewsBadge />
          </Link>
          <Link href="/agents" {...current("/agents")}>
            My agents
          </Link>
          {REPORTS.map(({ at, title }) => (
            <Link key={at} href={at} {...current(at)}>
              {title}
            </Link>
          ))}
          {Object.entries(PAGES).map(([to, page]) => (
            <Link key={to} href={to} {...current(to)}>
              {page.name}
            </Link>
          ))}
        </nav>
        <span class="me">
          <Liveness />
          <Text text={caller.value?.identity ?? ""} />
          <button type="button" onClick={() => void signOut()}>
            Sign out
          </button>
        </span>
      </header>
      {live.value === "lost" && (
        <p class="warn stale" role="alert">
          Not live: what you see may be out of date. It tries to connect again.
        </p>
      )}
      <ReleasedAlone />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <p class="spoken" role="status" aria-live="polite">
        {announced.value}
      </p>
    </>
  );
}

function Page(): JSX.Element {
  const id = /^\/approvals\/([0-9a-f-]{36})$/.exec(path.value)?.[1];
  if (id !== undefined) return <Review id={id} />;
  const report = REPORTS.find((r) => r.at === path.value);
  if (report !== undefined) return <report.Page />;
  const page = PAGES[path.value];
  if (page !== undefined) return page.page();
  return path.value === "/agents" ? <Agents /> : <Inbox />;
}

export function Shell(): JSX.Element {
  if (signedIn.value === "asking")
    return (
      <main id="main">
        <p>One moment…</p>
      </main>
    );
  return signedIn.value === "yes" ? (
    <Frame>
      <Page />
    </Frame>
  ) : (
    <SignIn />
  );
}
