// The methods of the Web API that anybody here calls. run(world, args, more) gives the members of the answer beside "ok", or throws Refused.
import { named, wrongInBlocks, wrongInView } from "./blocks.mjs";
import { now, Refused, token } from "./world.mjs";

const MOST_TEXT = 40_000;
// Slack documents no limit for a message's blocks together, and refuses what has much more than 12,000 characters of
// text. People measured it (bolt-js issues 2509, 2867); these two numbers agree with what they saw, on the strict side.
const MOST_IN_BLOCKS = 13_200;
const FOR_EACH_BLOCK = 50;

// In a form, what is no string comes as JSON.
function json(it, error) {
  if (typeof it !== "string") return it;
  try {
    return JSON.parse(it);
  } catch {
    throw new Refused(error);
  }
}

function needs(args, ...names) {
  for (const name of names) {
    if (typeof args[name] !== "string" || args[name] === "")
      throw new Refused("invalid_arguments", { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } });
  }
}

function textLength(it) {
  if (it === null || typeof it !== "object") return 0;
  return Object.entries(it).reduce((sum, [name, value]) => sum + (name === "text" && typeof value === "string" ? [...value].length : textLength(value)), 0);
}

function checkedBlocks(args) {
  if (args.blocks === undefined) return null;
  const blocks = json(args.blocks, "invalid_blocks_format");
  if (!Array.isArray(blocks)) throw new Refused("invalid_blocks_format");
  if (blocks.length === 0) return [];
  const why = wrongInBlocks(blocks);
  if (why !== null) throw new Refused("invalid_blocks", { errors: [why], response_metadata: { messages: [`[ERROR] ${why}`] } });
  if (textLength(blocks) + blocks.length * FOR_EACH_BLOCK > MOST_IN_BLOCKS) throw new Refused("msg_blocks_too_long");
  return named(blocks, () => token(3));
}

// Text and blocks of a message to be, or of a new version of `before`.
function content(args, before = null) {
  const blocks = checkedBlocks(args);
  const text = args.text ?? (blocks ? "" : undefined);
  if (text !== undefined && typeof text !== "string") throw new Refused("invalid_arguments");
  if (!blocks?.length && !text) throw new Refused("no_text");
  if ([...text].length > MOST_TEXT) throw new Refused("msg_too_long");
  return { text, blocks: blocks ?? before?.blocks ?? [] };
}

function writable(world, id) {
  const channel = world.channels.get(world.resolve(id));
  if (channel === undefined) throw new Refused("channel_not_found");
  if (!channel.member) throw new Refused("not_in_channel");
  if (channel.is_archived) throw new Refused("is_archived");
  return channel;
}

export const shown = (world, m) => ({
  type: "message", user: m.user, ts: m.ts, bot_id: m.bot_id, app_id: world.app.id, text: m.text, team: world.team.id, blocks: m.blocks,
  ...(m.thread_ts ? { thread_ts: m.thread_ts } : {}),
});

function add(world, channel, args, ephemeral = null) {
  if (args.thread_ts !== undefined && !world.message(channel.id, args.thread_ts)) throw new Refused("thread_not_found");
  const said = content(args);
  const message = { channel: channel.id, ts: world.ts(), thread_ts: args.thread_ts ?? null, ...said, user: world.app.user,
    bot_id: world.app.bot, ephemeral, history: [{ at: now(), ...said }] };
  world.messages.push(message);
  return message;
}

function postMessage(world, args) {
  needs(args, "channel");
  const message = add(world, writable(world, args.channel), args);
  return { channel: message.channel, ts: message.ts, message: shown(world, message) };
}

function update(world, args) {
  needs(args, "channel", "ts");
  const message = world.message(writable(world, args.channel).id, args.ts);
  if (!message) throw new Refused("message_not_found");
  if (message.user !== world.app.user) throw new Refused("cant_update_message");
  const said = content(args, message);
  message.history.push({ at: now(), ...said });
  Object.assign(message, said);
  return { channel: message.channel, ts: message.ts, text: said.text, message: shown(world, message) };
}

function postEphemeral(world, args) {
  needs(args, "channel", "user");
  const channel = writable(world, args.channel);
  if (!world.users.has(args.user)) throw new Refused("user_not_in_channel");
  return { message_ts: add(world, channel, args, args.user).ts };
}

function getPermalink(world, args, { slack }) {
  needs(args, "channel", "message_ts");
  if (!world.channels.has(args.channel)) throw new Refused("channel_not_found");
  if (!world.message(args.channel, args.message_ts)) throw new Refused("message_not_found");
  return { channel: args.channel, permalink: `${slack.url}/archives/${args.channel}/p${args.message_ts.replace(".", "")}` };
}

function openConversation(world, args) {
  if (!args.users) throw new Refused("users_list_not_supplied");
  const users = args.users.split(",");
  if (users.length > 1) throw new Refused("not_enough_users"); // groups are not built here
  const user = world.users.get(users[0]);
  if (!user) throw new Refused("user_not_found");
  if (user.deleted) throw new Refused("user_disabled");
  if (user.is_bot) throw new Refused("cannot_dm_bot");
  return { channel: { id: world.direct(user.id).id } };
}

function info(world, args) {
  needs(args, "user");
  const user = world.users.get(args.user);
  if (!user) throw new Refused("user_not_found");
  const { email, ...rest } = user;
  return { user: { ...rest, real_name: user.name, is_app_user: false, updated: 1_700_000_000, profile: { real_name: user.name, team: user.team_id, ...(email ? { email } : {}) } } };
}

function checkedView(world, args) {
  const view = json(args.view, "invalid_arguments");
  const why = wrongInView(view);
  if (why !== null) throw new Refused("invalid_arguments", { response_metadata: { messages: [`[ERROR] ${why}`] } });
  if (view.external_id && world.views.some((v) => v.state_now === "open" && v.external_id === view.external_id && v.id !== args.view_id))
    throw new Refused("duplicate_external_id");
  return view;
}

export function whole(world, view, more = {}) {
  const id = more.id ?? `V0${token(5).toUpperCase()}`;
  return {
    id, team_id: world.team.id, private_metadata: "", callback_id: "", external_id: "", submit: null, close: null, clear_on_close: false,
    notify_on_close: false, previous_view_id: null, root_view_id: id, ...view, blocks: named(view.blocks, () => token(3)),
    state: { values: {} }, hash: `${Math.floor(now())}.${token(4)}`, app_id: world.app.id, app_installed_team_id: world.team.id,
    bot_id: world.app.bot, ...more,
  };
}

export const bare = ({ user: _, state_now: __, errors: ___, history: ____, ...view }) => view;

// Puts a view before somebody.
export function show(world, user, view, more = {}) {
  const made = { ...whole(world, view, more), user, state_now: "open", errors: {} };
  world.views.push({ ...made, history: [{ at: now(), view: bare(made) }] });
  return world.views.at(-1);
}

export function replace(world, old, view) {
  const { id, root_view_id, previous_view_id } = old;
  Object.assign(old, whole(world, view, { id, root_view_id, previous_view_id }), { errors: {} });
  old.history.push({ at: now(), view: bare(old) });
  return old;
}

function openView(world, args) {
  needs(args, "trigger_id");
  const view = checkedView(world, args);
  return { view: bare(show(world, world.spend(args.trigger_id), view)) };
}

function updateView(world, args) {
  const old = world.views.find((v) => v.state_now === "open" && (args.view_id ? v.id === args.view_id : v.external_id && v.external_id === args.external_id));
  if (!old) throw new Refused("not_found");
  if (args.hash !== undefined && args.hash !== old.hash) throw new Refused("hash_conflict");
  return { view: bare(replace(world, old, checkedView(world, { ...args, view_id: old.id }))) };
}

const authTest = (world, _args, { slack }) => ({ url: `${slack.url}/`, team: world.team.name, user: world.app.name, team_id: world.team.id,
  user_id: world.app.user, bot_id: world.app.bot, is_enterprise_install: false });

// tier: calls a minute; perChannel: one a second instead
export const methods = {
  "auth.test": { tier: 4, run: authTest },
  "apps.connections.open": { tier: 4, token: "app", run: (_world, args, { slack }) => ({ url: slack.sockets.ticket(args) }) },
  "chat.postMessage": { perChannel: true, run: postMessage },
  "chat.update": { tier: 3, run: update },
  "chat.postEphemeral": { tier: 4, run: postEphemeral },
  "chat.getPermalink": { tier: 4, run: getPermalink },
  "conversations.open": { tier: 3, run: openConversation },
  "users.info": { tier: 4, run: info },
  "views.open": { tier: 4, run: openView },
  "views.update": { tier: 4, run: updateView },
  "openid.connect.token": { tier: 4, token: "none", run: (_world, args, { slack, req }) => slack.openid.exchange(args, req) },
  "openid.connect.userInfo": { tier: 4, token: "none", run: (_world, args, { slack, bearer }) => slack.openid.userInfo(bearer ?? args.token) },
};
