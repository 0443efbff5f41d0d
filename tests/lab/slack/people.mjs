// What people do in Slack's clients, and what the app is told of it.
import { elements, wrongInView } from "./blocks.mjs";
import { deliver } from "./deliver.mjs";
import { bare, replace, show, shown } from "./methods.mjs";
import { now } from "./world.mjs";

function person(world, id) {
  const user = world.users.get(id);
  if (!user) throw new Error(`nobody here is ${id}`);
  return { id, username: user.name, name: user.name, team_id: user.team_id };
}

const common = (world, user) => ({
  user: person(world, user), api_app_id: world.app.id, token: world.secrets.verification, trigger_id: world.trigger(user),
  team: { id: world.team.id, domain: world.team.domain }, enterprise: null, is_enterprise_install: false,
});

function button(message, { action_id, block_id, value, old }) {
  const versions = old ? message.history.map((h) => h.blocks) : [message.blocks];
  const fits = ({ block, element }) => element.action_id === action_id && (block_id === undefined || block.block_id === block_id);
  const found = versions.flatMap((blocks) => elements(blocks)).find(fits);
  if (found) return { ...found.element, block_id: found.block.block_id, ...(value === undefined ? {} : { value }) };
  if (value === undefined) throw new Error(`no button ${action_id} is on that message${old ? "" : " now"}`);
  return { type: "button", action_id, block_id: block_id ?? "forged", text: { type: "plain_text", text: "?" }, value };
}

export function click(slack, { user, channel, ts, action_id, value, block_id, old, ...how }) {
  const { world } = slack;
  const message = world.messages.find((m) => m.channel === channel && m.ts === ts && (m.ephemeral === null || m.ephemeral === user));
  if (!message) throw new Error("that message is not there");
  const action = { ...button(message, { action_id, block_id, value, old }), action_ts: now().toFixed(6) };
  return deliver(slack, "interactive", {
    type: "block_actions", ...common(world, user), actions: [action],
    container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: message.ephemeral !== null, ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}) },
    channel: { id: channel, name: world.channels.get(channel).name }, message: shown(world, message), state: { values: {} },
    response_url: `${slack.url}/actions/${world.team.id}/${message.ts.replace(".", "/")}`,
  }, how);
}

function viewOf(world, user, id, old) {
  const view = world.views.find((v) => v.id === id && v.user === user && (old || v.state_now === "open"));
  if (!view) throw new Error("that view is not in front of them");
  return view;
}

function valueOf(element, said) {
  const all = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((g) => g.options)];
  const chosen = (value) => all.find((o) => o.value === value) ?? fail(`no option ${value}`);
  if (element.type === "plain_text_input") return { type: element.type, value: said ?? element.initial_value ?? null };
  if (element.type === "users_select") return { type: element.type, selected_user: said ?? element.initial_user ?? null };
  if (/^(multi_|checkboxes)/.test(element.type)) return { type: element.type, selected_options: said ? said.map(chosen) : element.initial_options ?? [] };
  return { type: element.type, selected_option: said ? chosen(said) : element.initial_option ?? null };
}

function fail(why) {
  throw new Error(why);
}

// What Slack's client would not let anybody submit.
function checkInput(block, said) {
  const { value } = said;
  const empty = Object.entries(said).every(([name, it]) => name === "type" || it === null || it === "" || it.length === 0);
  if (empty && !block.optional) fail(`Slack's client asks for ${block.element.action_id} first`);
  if (typeof value === "string" && !empty && (value.length > (block.element.max_length ?? 3000) || value.length < (block.element.min_length ?? 0)))
    fail(`${block.element.action_id} is too long or too short for Slack's client`);
}

function fill(view, values, force) {
  const state = {};
  for (const block of view.blocks.filter((b) => b.type === "input")) {
    const said = valueOf(block.element, (values[block.block_id] ?? values)[block.element.action_id]);
    if (!force) checkInput(block, said);
    state[block.block_id] = { [block.element.action_id]: said };
  }
  return { values: state };
}

function closeAll(world, view) {
  for (const one of world.views) if (one.user === view.user && one.root_view_id === view.root_view_id) one.state_now = "closed";
}

// Each is of an input that the view has.
function areErrorsOf(view, errors) {
  const names = Object.keys(errors ?? {});
  return names.length > 0 && names.every((id) => view.blocks.some((b) => b.block_id === id && b.type === "input"));
}

function respond(slack, view, answer, d) {
  const { world } = slack;
  const action = answer?.response_action;
  if (answer === null || answer === "" || (typeof answer === "object" && action === undefined)) view.state_now = "closed";
  else if (action === "clear") closeAll(world, view);
  else if (action === "errors" && areErrorsOf(view, answer.errors)) view.errors = answer.errors;
  else if (action === "update" && wrongInView(answer.view) === null) replace(world, view, answer.view);
  else if (action === "push" && wrongInView(answer.view) === null) show(world, view.user, answer.view, { root_view_id: view.root_view_id, previous_view_id: view.id });
  else d.error = "Slack shows that the app gave an answer it cannot use";
}

export function submit(slack, { user, view: id, values = {}, old, force, ...how }) {
  const { world } = slack;
  const view = viewOf(world, user, id, old);
  const state = fill(view, values, force);
  view.errors = {};
  return deliver(slack, "interactive", { type: "view_submission", ...common(world, user), view: { ...bare(view), state }, response_urls: [] },
    how, (answer, d) => respond(slack, view, answer, d));
}

export async function close(slack, { user, view: id, ...how }) {
  const view = viewOf(slack.world, user, id, false);
  view.state_now = "closed";
  if (!view.notify_on_close) return null;
  const { trigger_id: _, ...rest } = common(slack.world, user);
  return deliver(slack, "interactive", { type: "view_closed", ...rest, view: bare(view), is_cleared: false }, how);
}

export const event = (slack, { event: said, ...how }) => deliver(slack, "events_api", {
  token: slack.world.secrets.verification, team_id: slack.world.team.id, api_app_id: slack.world.app.id, event: said, type: "event_callback",
  event_id: `Ev0${slack.world.deliveries.length}`, event_time: Math.floor(now()), is_ext_shared_channel: false,
  authorizations: [{ enterprise_id: null, team_id: slack.world.team.id, user_id: slack.world.app.user, is_bot: true, is_enterprise_install: false }],
}, how);

export function command(slack, { user, channel, command: word, text = "", ...how }) {
  const { world } = slack;
  const { id, name } = person(world, user);
  return deliver(slack, "slash_commands", { token: world.secrets.verification, team_id: world.team.id, team_domain: world.team.domain, channel_id: channel,
    channel_name: world.channels.get(channel)?.name ?? "?", user_id: id, user_name: name, command: word, text, api_app_id: world.app.id,
    is_enterprise_install: "false", response_url: `${slack.url}/commands/${world.team.id}/1`, trigger_id: world.trigger(user) }, how);
}
