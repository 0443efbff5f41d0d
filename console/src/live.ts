// The stream of events, read by hand: the browser's own EventSource gives up for good at the first 503.
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

async function readStream(body: ReadableStream<Uint8Array>, tell: (told: Told) => void, alive: () => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    text = takeEvents(text + value, tell);
  }
}

async function once(tell: (told: Told) => void): Promise<boolean> {
  const mine = new AbortController();
  stop = mine;
  let timer = setTimeout(() => mine.abort(), SILENCE_MS);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => mine.abort(), SILENCE_MS);
  };
  const headers: Record<string, string> = lastId === "" ? {} : { "Last-Event-ID": lastId };
  try {
    const answer = await fetch("/v1/events", { headers, signal: mine.signal, cache: "no-store" });
    if (answer.status === 401) signedIn.value = "no";
    if (!answer.ok || answer.body === null) return false;
    live.value = "live";
    if (lastId !== "") tell({ name: "resumed", data: "{}" });
    await readStream(answer.body, tell, alive);
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

/** Goes on until nobody is signed in. */
export async function listen(tell: (told: Told) => void): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (signedIn.value === "yes") {
    const heard = await once(tell);
    live.value = "lost";
    wait = heard ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
    await pause(wait * (0.5 + Math.random() / 2));
  }
  lastId = "";
}

export function hangUp(): void {
  stop?.abort();
}
