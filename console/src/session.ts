// Signing in (by an identity provider: signin.tsx) by the link that `sluice console` printed, and out. The code stands behind the "#": no server and no
// proxy ever sees it, and it leaves the address and the history before it is used.
import { ask, caller, Problem, signedIn, signedOutWhy } from "./api";
import type { Caller } from "./types";

const TOUCH_EVERY_MS = 60_000;

function takeCode(): string {
  const code = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  if (code !== "") history.replaceState(null, "", location.pathname);
  return code;
}

async function redeem(code: string): Promise<void> {
  try {
    await ask("/v1/sessions", { code });
  } catch (why) {
    signedOutWhy.value = why instanceof Problem ? `${why.message} ${why.hint}`.trim() : String(why);
  }
}

export async function begin(): Promise<void> {
  const code = takeCode();
  if (code !== "") await redeem(code);
  try {
    caller.value = await ask<Caller>("/v1/sessions/current");
    signedIn.value = "yes";
  } catch (why) {
    if (why instanceof Problem && why.status !== 401) signedOutWhy.value = why.message;
    signedIn.value = "no";
  }
}

export async function signOut(): Promise<void> {
  await ask("/v1/sessions/end", {});
  caller.value = null;
  signedOutWhy.value = "You signed out.";
  signedIn.value = "no";
}

/** A session ends when nobody is there: what a page fetches by itself does not count, a person's hand does. */
export function watchPresence(): void {
  let last = Date.now();
  const here = (): void => {
    if (signedIn.value !== "yes" || Date.now() - last < TOUCH_EVERY_MS) return;
    last = Date.now();
    ask("/v1/sessions/touch", {}).catch(() => undefined);
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, here, { passive: true });
  addEventListener("hashchange", () => {
    if (location.hash.startsWith("#code=")) location.reload();
  });
}
