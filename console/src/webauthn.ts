// What a browser does with passkeys: makes one, signs with one. The bytes that the keeper wants, and in words
// why it did not work.
import { ask, Problem } from "./api";
import { canonical } from "./proof";
import type { Approval } from "./types";

export interface Assertion {
  key: string;
  client_data: string;
  authenticator_data: string;
  signature: string;
}

export interface Challenge {
  challenge: string;
  /** What the challenge is the digest of. */
  signed: Record<string, unknown>;
  expires_at: string;
  rp_id: string;
  allow: string[];
}

const SHORT_MS = 60_000;

export function encode(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(bytes, (c) => c.charCodeAt(0));
}

/** Why this page cannot use passkeys at all; "" when it can. */
export function cannot(origins: readonly string[]): string {
  if (origins.length === 0)
    return "Browsers make no passkeys for this gateway: public_url must be https with a name, or http on localhost.";
  if (!isSecureContext) return `Browsers make passkeys on https only. Open the console at ${origins.join(" or ")}.`;
  if (!origins.includes(location.origin))
    return `Passkeys of this gateway belong to ${origins.join(" or ")}. Open the console there; you are at ${location.origin}.`;
  if (typeof PublicKeyCredential === "undefined") return "This browser knows no passkeys. Use another one.";
  return "";
}

const SAYS: Record<string, string> = {
  InvalidStateError: "This device has a passkey of yours already.",
};

/** What went wrong, and what to do next. What cancelling, waiting too long and having none are, browsers do not tell apart. */
export function problemWith(why: unknown, what: "made" | "signed"): Error {
  if (why instanceof Problem || !(why instanceof Error)) return why instanceof Error ? why : new Error(String(why));
  if (why.name === "NotAllowedError" || why.name === "AbortError")
    return new Error(
      what === "made"
        ? "No passkey was made: it was cancelled, took too long, or this device cannot make one. Try again."
        : "Nothing was signed: it was cancelled, took too long, or none of your passkeys is on this device. Nothing has been decided; try again.",
    );
  return new Error(`No passkey: ${SAYS[why.name] ?? why.message}`);
}

const overdue = (c: Challenge): boolean => Date.parse(c.expires_at) <= Date.now();

/** Is it what this page means to sign? The gateway's HTTP side could hand out a challenge for something else: the
 * document must hash to the challenge, and say what was asked for. */
async function mustMean(c: Challenge, kind: "approval" | "passkey", means: Record<string, unknown>): Promise<void> {
  const bytes = new TextEncoder().encode(`sluice/${kind}/v1\n${canonical(c.signed)}`);
  const digest = encode(await crypto.subtle.digest("SHA-256", bytes));
  const differs = Object.entries(means).filter(([name, value]) => c.signed[name] !== value);
  if (digest !== c.challenge || differs.length > 0)
    throw new Error(
      "What the gateway wants signed is not what this page asked for. Nothing was signed. Tell whoever runs Sluice.",
    );
}

/** Signs a challenge with one of `keys`. */
export async function sign(c: Challenge, keys: readonly string[]): Promise<Assertion> {
  if (overdue(c)) throw new Problem(409, "The time to sign this is over. Try again.");
  let got: Credential | null;
  try {
    got = await navigator.credentials.get({
      publicKey: {
        challenge: decode(c.challenge),
        rpId: c.rp_id,
        timeout: SHORT_MS,
        userVerification: "required",
        allowCredentials: keys.map((id) => ({ type: "public-key" as const, id: decode(id) })),
      },
    });
  } catch (why) {
    throw problemWith(why, "signed");
  }
  if (!(got instanceof PublicKeyCredential) || !(got.response instanceof AuthenticatorAssertionResponse))
    throw new Error("The browser gave no signature.");
  return {
    key: encode(got.rawId),
    client_data: encode(got.response.clientDataJSON),
    authenticator_data: encode(got.response.authenticatorData),
    signature: encode(got.response.signature),
  };
}

interface Made {
  key: string;
  public_key: string;
  algorithm: number;
}

/** A new key. What it says of itself at birth is not used: afterwards it signs the keeper's challenge. */
async function make(rpId: string, who: string, already: readonly string[]): Promise<Made> {
  let made: Credential | null;
  const random = (n: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(n));
  try {
    made = await navigator.credentials.create({
      publicKey: {
        rp: { id: rpId, name: "Sluice" },
        user: { id: random(16), name: who, displayName: who },
        challenge: random(32),
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key" as const, alg })),
        timeout: SHORT_MS,
        attestation: "none",
        authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
        excludeCredentials: already.map((id) => ({ type: "public-key" as const, id: decode(id) })),
      },
    });
  } catch (why) {
    throw problemWith(why, "made");
  }
  if (!(made instanceof PublicKeyCredential) || !(made.response instanceof AuthenticatorAttestationResponse))
    throw new Error("The browser made no passkey.");
  const spki = made.response.getPublicKey();
  if (spki === null) throw new Error("The browser does not tell the key.");
  return { key: encode(made.rawId), public_key: encode(spki), algorithm: made.response.getPublicKeyAlgorithm() };
}

export interface Passkey {
  key: string;
  name?: string;
  identity: string;
  algorithm: string;
  rp_id: string;
  device_bound: boolean;
  backed_up: boolean;
  young: boolean;
  vouched_by: string;
  since: string;
}

export interface Passkeys {
  passkeys: Passkey[];
  rp_id: string;
  origins: string[];
}

export const listPasskeys = (): Promise<Passkeys> => ask<Passkeys>("/v1/passkeys");

/** What enrolling came to: a passkey, or a request that a second person decides. */
export type Enrolled = Passkey | Approval;

interface Wish {
  who: string;
  name: string;
  /** None of the earlier ones is left: another person vouches. */
  second: boolean;
}

/** Makes one, has it sign, and has one that was there before sign the same. `say` tells the step to the person. */
export async function enrol(all: Passkeys, wish: Wish, say: (step: string) => void): Promise<Enrolled> {
  const before = all.passkeys.map((p) => p.key);
  say("Your browser asks you to make a passkey.");
  const made = await make(all.rp_id, wish.who, before);
  const challenge = await ask<Challenge>("/v1/passkeys/challenge", { purpose: "enrol", ...made });
  await mustMean(challenge, "passkey", { purpose: "enrol", key: made.key, public_key: made.public_key, identity: wish.who });
  say("Now sign with it, so that the gateway knows that it is yours.");
  const possession = await sign(challenge, [made.key]);
  const body: Record<string, unknown> = { possession, ...(wish.name === "" ? {} : { name: wish.name }) };
  if (before.length > 0 && wish.second) body.second = true;
  else if (before.length > 0) {
    say("And with one that you had before.");
    body.existing = await sign(challenge, before);
  }
  return ask<Enrolled>("/v1/passkeys", body);
}

/** One of this person's passkeys says yes to something about passkeys or accounts. */
async function vouch(path: string, wish: object, means: Record<string, unknown>): Promise<Assertion> {
  const challenge = await ask<Challenge>(path, wish);
  await mustMean(challenge, "passkey", means);
  return sign(challenge, challenge.allow);
}

export async function remove(key: string): Promise<void> {
  const wish = { purpose: "remove", key };
  await ask("/v1/passkeys/remove", { key, existing: await vouch("/v1/passkeys/challenge", wish, wish) });
}

export interface Account {
  issuer: string;
  subject: string;
}

/** The account that the gateway has shown becomes `identity`'s; `signs`: they have a passkey. */
export async function link({ issuer, subject }: Account, identity: string, signs: boolean): Promise<void> {
  const wish = { issuer, subject };
  const means = { purpose: "link", identity, ...wish };
  await ask("/v1/links", signs ? { ...wish, existing: await vouch("/v1/links/challenge", wish, means) } : wish);
}

export interface Decision {
  decision: string;
  digest: string;
  reason: string;
  rows?: number;
}

/** A decision that a passkey signed: exactly these members come back to the keeper. */
export async function signDecision(id: string, body: Decision): Promise<object> {
  const challenge = await ask<Challenge>(`/v1/approvals/${id}/challenge`, body);
  const { decision, digest, reason, rows } = body;
  await mustMean(challenge, "approval", { approval: id, decision, action_digest: digest, reason, rows });
  return { ...body, passkey: await sign(challenge, challenge.allow) };
}
