// Brings what people did to the app: through a socket, or to its URL with a signature. One deed is one delivery.
import { createHmac } from "node:crypto";
import { request } from "node:http";
import { now, later, token, uuid } from "./world.mjs";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

// Members of `change` over those of `it`, deep; null takes one away.
export function merge(it, change) {
  if (change === null || typeof change !== "object" || Array.isArray(change)) return change;
  const out = { ...(it !== null && typeof it === "object" ? it : {}) };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete out[name];
    else out[name] = merge(out[name], value);
  }
  return out;
}

export function signature(secret, body, { sign = "good", age_s = 0 }) {
  const stamp = String(Math.floor(now() - age_s));
  const over = sign === "body" ? `${body} ` : body;
  const mac = createHmac("sha256", sign === "forged" ? "another secret altogether" : secret).update(`v0:${stamp}:${over}`).digest("hex");
  const written = { v1: `v1=${mac}`, empty: "v0=" }[sign] ?? `v0=${mac}`;
  return sign === "none" ? {} : { "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": written };
}

// One request: {status, type, body}; status 0: no answer in time.
export function send(url, headers, body, seconds) {
  return new Promise((done) => {
    const req = request(url, { method: "POST", headers: { ...headers, "Content-Length": Buffer.byteLength(body), "User-Agent": "Slackbot 1.0 (a lab's)", Accept: "application/json,*/*" } }, async (res) => {
      let text = "";
      for await (const part of res) text += part;
      done({ status: res.statusCode, type: res.headers["content-type"] ?? "", body: text });
    });
    req.setTimeout(seconds * 1000, () => req.destroy(new Error("timeout")));
    req.on("error", (why) => done({ status: 0, type: "", body: String(why.message) }));
    req.end(body);
  });
}

const bodies = {
  interactive: (payload) => [FORM, `payload=${encodeURIComponent(JSON.stringify(payload))}`],
  events_api: (payload) => [JSON_TYPE, JSON.stringify(payload)],
  slash_commands: (payload) => [FORM, new URLSearchParams(payload).toString()],
};

function answerOf({ status, type, body }) {
  if (status < 200 || status > 299) return { status: status === 0 ? body : status };
  if (body === "") return { status, answer: null };
  if (!type.startsWith(JSON_TYPE)) return { status, answer: body };
  try {
    return { status, answer: JSON.parse(body) };
  } catch {
    return { status, bad: true };
  }
}

async function overHttp(slack, d) {
  const { world } = slack;
  const [type, body] = bodies[d.type](d.payload);
  const headers = { "Content-Type": type, ...signature(world.secrets.signing, body, d.how),
    ...(d.attempts.length > 0 ? { "X-Slack-Retry-Num": String(d.attempts.length), "X-Slack-Retry-Reason": "http_timeout" } : {}) };
  d.request = { url: world.requestUrl, headers, body };
  const sent = Array.from({ length: d.how.times ?? 1 }, () => send(world.requestUrl, headers, body, world.settings.ack_s));
  const all = await Promise.all(sent);
  return { ...answerOf(all.find((one) => one.status >= 200 && one.status <= 299) ?? all[0]), all: all.map((one) => one.status) };
}

function overSocket(slack, d) {
  const envelope = { envelope_id: d.envelope_id, type: d.type, accepts_response_payload: d.accepts, payload: d.payload,
    retry_attempt: d.attempts.length, retry_reason: d.attempts.length > 0 ? "timeout" : "" };
  return slack.sockets.deliver(envelope, d.attempts.length > 0 ? null : d.how.socket, d.how.times ?? 1);
}

async function attempt(slack, d) {
  const via = d.how.via ?? (slack.world.requestUrl === null ? "socket" : "http");
  const one = { at: now(), via, socket: null, status: null, answered_at: null, ms: null };
  const { answer, bad, ...rest } = await (via === "http" ? overHttp : overSocket)(slack, d);
  Object.assign(one, rest, { answered_at: now() });
  one.ms = (one.answered_at - one.at) * 1000;
  d.attempts.push(one);
  if (bad) d.error = "the answer is no JSON";
  else if (answer !== undefined) Object.assign(d, { acked: true, answer, error: null });
  else d.error = String(rest.status);
  // Over HTTP only events come again
  return d.acked || bad || (via === "http" && d.type !== "events_api");
}

// As often as Slack would, then what the answer asks for.
async function run(slack, d) {
  const { settings } = slack.world;
  if (d.how.delay_s) await later(d.how.delay_s);
  const most = d.how.retry === false ? 0 : settings.redeliver;
  for (let again = 0; !(await attempt(slack, d)) && again < most; again += 1) {
    const early = settings.ack_s - (now() - d.attempts.at(-1).at);
    if (early > 0) await later(early);
  }
  slack.sockets.waiting.delete(d.envelope_id);
  if (d.acked && d.then) d.then(d.answer, d);
}

export const told = ({ then: _, done: __, accepts: ___, ...d }) => d;

// type: the envelope's; how: a test's wishes; then(answer): what Slack does with the acknowledgement.
export async function deliver(slack, type, payload, how, then = null) {
  const { world } = slack;
  const changed = how.change ? merge(payload, how.change) : payload;
  const d = { id: world.deliveries.length + 1, envelope_id: uuid(), type, at: now(), payload: changed, trigger_id: changed.trigger_id ?? null, held: how.hold === true,
    acked: false, answer: null, error: null, attempts: [], how, then, accepts: type === "slash_commands" || payload.type === "view_submission" };
  world.deliveries.push(d);
  if (d.held) return told(d);
  d.done = run(slack, d);
  if (how.wait !== false) await d.done;
  return told(d);
}

export async function release(slack, ids) {
  const found = ids.map((id) => slack.world.deliveries.find((d) => d.id === id && d.held));
  if (found.includes(undefined)) throw new Error("one of them is not held");
  for (const d of found) Object.assign(d, { held: false, done: run(slack, d) });
  await Promise.all(found.map((d) => d.done));
  return found.map(told);
}

// What was sent once, once more: the same envelope, or the same bytes with the same signature.
export async function replay(slack, id, times = 1) {
  const d = slack.world.deliveries.find((one) => one.id === id);
  if (!d) throw new Error("no such delivery");
  if (d.request) {
    const { url, headers, body } = d.request;
    const all = [];
    for (let i = 0; i < times; i += 1) all.push(await send(url, headers, body, slack.world.settings.ack_s));
    return { id, ...all.at(-1), all: all.map((one) => one.status) };
  }
  const done = await overSocket(slack, { ...d, how: { times } });
  slack.sockets.waiting.delete(d.envelope_id);
  return { id, acked: done.answer !== undefined, answer: done.answer ?? null, status: done.status };
}

export async function post(slack, { body, content_type = FORM, sign, age_s, path, headers = {} }) {
  const url = path ? new URL(path, slack.world.requestUrl).href : slack.world.requestUrl;
  return send(url, { "Content-Type": content_type, ...signature(slack.world.secrets.signing, body, { sign, age_s }), ...headers }, body, slack.world.settings.ack_s);
}

export async function verifyUrl(slack, { url, sign }) {
  const challenge = token(16);
  const body = JSON.stringify({ token: slack.world.secrets.verification, challenge, type: "url_verification" });
  const done = await send(url ?? slack.world.requestUrl, { "Content-Type": JSON_TYPE, ...signature(slack.world.secrets.signing, body, { sign }) }, body, slack.world.settings.ack_s);
  let said = done.body;
  try {
    said = JSON.parse(done.body).challenge;
  } catch {
    // plain text is an answer too
  }
  return { ...done, agreed: done.status === 200 && said === challenge };
}
