// What a test may ask of this Slack: POST /lab/OP with a JSON object. ../slack.py says what each does.
import { forgetRates, readBody } from "./api.mjs";
import * as deliveries from "./deliver.mjs";
import * as people from "./people.mjs";

const TROUBLE = { method: "*", channel: null, times: null };

function pickedSockets(slack, n) {
  const found = slack.sockets.choose(n);
  if (found.length === 0) throw new Error("no such socket is open");
  return found;
}

function set(settings, said) {
  for (const name of Object.keys(said)) if (!Object.hasOwn(settings, name)) throw new Error(`there is no setting ${name}`);
  return Object.assign(settings, said);
}

function counters(calls) {
  const out = {};
  for (const { method, error } of calls) {
    const one = (out[method] ??= { calls: 0, ok: 0, errors: {} });
    one.calls += 1;
    if (error === null) one.ok += 1;
    else one.errors[error] = (one.errors[error] ?? 0) + 1;
  }
  return out;
}

const world = {
  user: (slack, what) => slack.world.user(what),
  channel: (slack, what) => slack.world.channel(what),
  users: (slack) => [...slack.world.users.values()],
  channels: (slack) => [...slack.world.channels.values()],
  messages: (slack, { channel, thread_ts, ephemeral }) => slack.world.messages.filter((m) => (!channel || m.channel === channel) &&
    (!thread_ts || m.thread_ts === thread_ts) && (ephemeral === undefined || (m.ephemeral !== null) === ephemeral)),
  views: (slack, { user, all }) => slack.world.views.filter((v) => (!user || v.user === user) && (all || v.state_now === "open")),
  forget: (slack) => slack.world.forget(),
  calls: (slack, { method, since = 0 }) => slack.world.calls.filter((c) => (!method || c.method === method) && c.at >= since),
  counters: (slack) => counters(slack.world.calls),
};

const deeds = {
  click: people.click,
  submit: people.submit,
  close: people.close,
  event: people.event,
  command: people.command,
  release: (slack, { ids }) => deliveries.release(slack, ids),
  replay: (slack, { id, times }) => deliveries.replay(slack, id, times),
  deliveries: (slack) => slack.world.deliveries.map(deliveries.told),
  delivery: (slack, { id }) => deliveries.told(slack.world.deliveries.find((d) => d.id === id)),
  post: deliveries.post,
  verify_url: deliveries.verifyUrl,
  interactivity: (slack, { url = null }) => void (slack.world.requestUrl = url),
};

const sockets = {
  sockets: (slack) => slack.sockets.list(),
  strays: (slack) => slack.sockets.strays,
  say: (slack, { text, socket }) => pickedSockets(slack, socket).forEach((one) => slack.sockets.write(one, text)),
  disconnect(slack, { reason, socket, close_after_s = 2 }) {
    if (!["warning", "refresh_requested", "link_disabled"].includes(reason)) throw new Error(`no reason is ${reason}`);
    if (reason === "link_disabled") slack.world.socketMode = false;
    for (const one of pickedSockets(slack, socket)) slack.sockets.leave(one, reason, reason === "warning" ? null : close_after_s);
  },
  link: (slack, { on }) => void (slack.world.socketMode = on),
  drop: (slack, { socket, how, bytes }) => pickedSockets(slack, socket).forEach((one) => slack.sockets.drop(one, how, bytes)),
};

const trouble = {
  trouble(slack, what) {
    const one = { n: slack.world.troubles.length, ...TROUBLE, ...what };
    slack.world.troubles.push(one);
    return one.n;
  },
  calm(slack, { trouble: n }) {
    for (const one of slack.world.troubles) if (n === undefined || one.n === n) one.times = 0;
  },
  rate(slack, { mode }) {
    if (!["slack", "strict", "off"].includes(mode)) throw new Error(`no rate is ${mode}`);
    slack.world.rate = mode;
    forgetRates();
  },
  tokens(slack, said) {
    for (const [kind, state] of Object.entries(said)) {
      if (typeof state === "object") slack.world.secrets[kind] = state.is;
      slack.world.tokens[kind] = typeof state === "object" ? "good" : state;
    }
  },
  settings: (slack, said) => set(slack.world.settings, said),
  openid: (slack, said) => set(slack.world.openid, said),
  rotate: (slack) => slack.openid.rotate(),
};

const ops = { ...world, ...deeds, ...sockets, ...trouble };

export async function control(slack, req, res, url) {
  let out;
  try {
    const op = url.pathname.slice("/lab/".length);
    if (!Object.hasOwn(ops, op)) throw new Error(`there is no op ${op}`);
    out = { said: (await ops[op](slack, JSON.parse((await readBody(req)).toString() || "{}"))) ?? null };
  } catch (why) {
    out = { failed: why.message, stack: why.stack };
  }
  res.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(out));
}
