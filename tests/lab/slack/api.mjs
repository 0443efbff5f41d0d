// The Web API's envelope: what a call is, whose token it has, how often it may come, and what trouble awaits it.
import { later, now, Refused, token } from "./world.mjs";
import { methods } from "./methods.mjs";

const MOST = 1_000_000; // bytes of a body
const TIERS = { 1: 1, 2: 20, 3: 50, 4: 100 }; // calls a minute

export async function readBody(req) {
  const parts = [];
  let size = 0;
  for await (const part of req) {
    size += part.length;
    if (size > MOST) throw new Refused("request_timeout"); // what Slack says of bodies it will not wait for
    parts.push(part);
  }
  return Buffer.concat(parts);
}

// The arguments; a form's are all strings.
function argumentsOf(req, body, query) {
  const type = (req.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  if (req.method === "GET" || (type === "" && body.length === 0)) return Object.fromEntries(query);
  if (type === "application/x-www-form-urlencoded") return { ...Object.fromEntries(query), ...Object.fromEntries(new URLSearchParams(body.toString())) };
  if (type !== "application/json") throw new Refused(type === "" ? "missing_post_type" : "invalid_post_type");
  let said;
  try {
    said = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Refused("invalid_json");
  }
  if (said === null || typeof said !== "object" || Array.isArray(said)) throw new Refused("json_not_object");
  delete said.token; // in JSON it is not looked for
  return said;
}

function checkToken(world, kind, shown) {
  if (kind === "none") return;
  if (!shown) throw new Refused("not_authed");
  const owner = ["bot", "app"].find((k) => shown === world.secrets[k]);
  if (owner === undefined) throw new Refused("invalid_auth");
  const state = world.tokens[owner];
  if (state !== "good") throw new Refused({ revoked: "token_revoked", inactive: "account_inactive" }[state] ?? "invalid_auth");
  if (owner !== kind) throw new Refused("not_allowed_token_type");
}

// Seconds to wait, or 0. `buckets` hold what is left of each allowance and when that was.
const buckets = new Map();
function wait(world, method, channel) {
  if (world.rate === "off") return 0;
  const { tier, perChannel } = methods[method];
  const [perSecond, burst] = perChannel ? [1, world.rate === "strict" ? 1 : 5] : [TIERS[tier] / 60, TIERS[tier]];
  const name = `${method} ${perChannel ? channel : ""}`;
  const had = buckets.get(name) ?? { left: burst, at: now() };
  const left = Math.min(burst, had.left + (now() - had.at) * perSecond);
  buckets.set(name, { left: left >= 1 ? left - 1 : left, at: now() });
  return left >= 1 ? 0 : Math.ceil((1 - left) / perSecond);
}
export const forgetRates = () => buckets.clear();

function takeTrouble(world, method, channel) {
  const fits = (t) => (t.method === "*" || t.method === method) && (t.channel === null || t.channel === channel) && t.times !== 0;
  const found = world.troubles.findLast(fits) ?? null;
  if (found?.times > 0) found.times -= 1;
  return found;
}

const scrub = ({ token: _, client_secret: __, code: ___, ...args }) => args;

function answer(res, status, said, headers = {}) {
  const text = typeof said === "string" ? said : JSON.stringify(said);
  const type = typeof said === "string" ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
  res.writeHead(status, { "Content-Type": type, "X-Slack-Req-Id": token(16), ...headers }).end(text);
}

const failure = (why) => {
  if (!(why instanceof Refused)) throw why;
  return { ok: false, error: why.message, ...why.more };
};

function limited(res, call, seconds) {
  Object.assign(call, { status: 429, error: "ratelimited" });
  answer(res, 429, { ok: false, error: "ratelimited" }, { "Retry-After": String(seconds) });
}

// Trouble that takes the place of the call; true: it did.
function instead(trouble, req, res, call) {
  const { error, status, cut, silence, garbage, huge } = trouble;
  const ended = (what, how) => Object.assign(call, { status: how, error: what });
  if (cut) ended("cut", 0), req.socket.destroy();
  else if (silence) ended("silence", 0);
  else if (status) ended("status", status), answer(res, status, "<html>something went wrong here</html>", { "Retry-After": String(trouble.retry_after ?? 1) });
  else if (garbage) ended("garbage", 200), answer(res, 200, "{\"ok\":tru");
  else if (huge) ended("huge", 200), answer(res, 200, { ok: true, padding: "x".repeat(huge) });
  else if (error === "ratelimited") limited(res, call, trouble.retry_after ?? 1);
  else if (error) ended(error, 200), answer(res, 200, { ok: false, error });
  else return false;
  return true;
}

export async function api(world, slack, req, res, url) {
  const method = url.pathname.slice("/api/".length);
  const at = now();
  const call = { n: world.calls.length, method, at, ms: 0, status: null, error: null, channel: null, args: {}, type: req.headers["content-type"] ?? null, trouble: null };
  world.calls.push(call);
  const said = await perform(world, slack, req, res, url, call).catch(failure);
  call.ms = (now() - at) * 1000;
  if (said === null) return;
  Object.assign(call, { status: 200, error: said.ok ? null : said.error });
  if (call.trouble?.lost) {
    call.error = "lost";
    req.socket.destroy();
    return;
  }
  answer(res, 200, said);
}

async function perform(world, slack, req, res, url, call) {
  const body = await readBody(req);
  const about = methods[call.method];
  if (!about || !["GET", "POST"].includes(req.method)) throw new Refused("unknown_method", { req_method: call.method });
  const args = argumentsOf(req, body, url.searchParams);
  Object.assign(call, { at: now(), args: scrub(args), channel: args.channel ?? null });
  call.trouble = takeTrouble(world, call.method, call.channel);
  if (call.trouble?.slow_s) await later(call.trouble.slow_s);
  if (call.trouble && instead(call.trouble, req, res, call)) return null;
  const bearer = /^Bearer (\S+)$/.exec(req.headers.authorization ?? "")?.[1];
  checkToken(world, about.token ?? "bot", bearer ?? args.token);
  const seconds = wait(world, call.method, about.perChannel ? world.resolve(args.channel) : null);
  if (seconds > 0) return limited(res, call, seconds), null;
  return { ok: true, ...(await about.run(world, args, { slack, req, bearer })) };
}
