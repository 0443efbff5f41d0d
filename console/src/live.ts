// The stream of events, read by hand: the browser's own EventSource gives up for good at the first 503, and each tab
// would hold one of the six connections that a browser opens to one place.
import { signal } from "@preact/signals";
import { signedIn } from "./api";

export type Live = "connecting" | "live" | "lost";
export const live = signal<Live>("connecting");

export interface Told {
  name: string;
  data: string;
}

const SILENCE_MS = 40_000; // the desk says something every 15 seconds
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

let lastId = "";
let stop: AbortController | null = null;
let leading = false; // this tab reads the stream

/** Takes whole events ("\n\n") off the text; what is left comes back. */
export function takeEvents(text: string, tell: (told: Told) => void): string {
  const blocks = text.split("\n\n");
  const rest = blocks.pop() ?? "";
  for (const block of blocks) {
    const told: Told = { name: "", data: "" };
    for (const line of block.split("\n")) {
      if (line.startsWith("id: ")) lastId = line.slice(4);
      else if (line.startsWith("event: ")) told.name = line.slice(7);
      else if (line.startsWith("data: ")) told.data += line.slice(6);
    }
    if (told.name !== "") tell(told);
  }
  return rest;
}

async function readStream(
  body: ReadableStream<Uint8Array>,
  tell: (told: Told) => void,
  alive: () => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    text = takeEvents(text + value, tell);
  }
}

async function once(tell: (told: Told) => void, alive: () => void): Promise<boolean> {
  const mine = new AbortController();
  stop = mine;
  let timer = setTimeout(() => mine.abort(), SILENCE_MS);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => mine.abort(), SILENCE_MS);
    alive();
  };
  const headers: Record<string, string> = lastId === "" ? {} : { "Last-Event-ID": lastId };
  try {
    const answer = await fetch("/v1/events", { headers, signal: mine.signal, cache: "no-store" });
    if (answer.status === 401) signedIn.value = "no";
    if (!answer.ok || answer.body === null) return false;
    live.value = "live";
    alive();
    await readStream(answer.body, tell, heard);
    return true;
  } catch {
    return live.value === "live";
  } finally {
    clearTimeout(timer);
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    addEventListener("online", () => (clearTimeout(timer), done()), { once: true });
  });

async function lead(tell: (told: Told) => void, say: (state: Live) => void): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (signedIn.value === "yes") {
    const heard = await once(tell, () => say("live"));
    live.value = "lost";
    say("lost");
    wait = heard ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
    await pause(wait * (0.5 + Math.random() / 2));
  }
}

/** What tabs of one session say to each other: the one that reads, what it hears; a new one, that it is there. */
interface Passed {
  session: string;
  lastId: string;
  live: Live | "new";
  told?: Told;
}

/** Believes the tab that reads, until that one was silent for too long. */
function follow(session: string, tell: (told: Told) => void): (said: Passed) => void {
  let timer = 0;
  return (said) => {
    if (said.session !== session || said.live === "new" || leading) return;
    lastId = said.lastId;
    live.value = said.live;
    clearTimeout(timer);
    timer = window.setTimeout(() => leading || (live.value = "lost"), SILENCE_MS);
    if (said.told !== undefined) tell(said.told);
  };
}

/**
 * Goes on until nobody is signed in. A browser opens six connections to one place: so one tab reads, and passes on
 * what it hears; when it is closed another one takes over, from where it left off.
 */
export async function listen(session: string, tell: (told: Told) => void): Promise<void> {
  const others = new BroadcastChannel("sluice-events");
  const say = (state: Passed["live"], told?: Told): void =>
    others.postMessage({ session, lastId, live: state, ...(told === undefined ? {} : { told }) } satisfies Passed);
  const heed = follow(session, tell);
  others.onmessage = (event: MessageEvent<Passed>): void => {
    if (leading && event.data.live === "new") say(live.value);
    heed(event.data);
  };
  say("new");
  await navigator.locks.request(`sluice-stream ${session}`, async () => {
    leading = true;
    const hear = (told: Told): void => {
      say("live", told);
      tell(told);
    };
    await lead(hear, (state) => say(state));
    leading = false;
  });
  others.close();
  lastId = "";
}

export function hangUp(): void {
  stop?.abort();
}
