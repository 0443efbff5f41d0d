// Block Kit, as far as anything of ours uses it: which members, of which type, how long. What is not known is refused,
// as Slack refuses it; what Slack knows and this does not is refused too, so that a test never passes by luck.

class Wrong extends Error {}

const wrong = (where, what) => {
  throw new Wrong(`${what} [json-pointer:${where}]`);
};
// JavaScript counts UTF-16 units, Slack characters.
const count = (text) => [...text].length;

function string(max, min = 1) {
  return (it, at) => {
    if (typeof it !== "string") wrong(at, "must be a string");
    if (count(it) < min) wrong(at, `must be more than ${min - 1} characters`);
    if (count(it) > max) wrong(at, `must be less than ${max + 1} characters`);
  };
}

const bool = (it, at) => typeof it === "boolean" || wrong(at, "must be a boolean");
const among = (...words) => (it, at) => words.includes(it) || wrong(at, "must be a valid enum value");
const integer = (min, max) => (it, at) => (Number.isInteger(it) && it >= min && it <= max) || wrong(at, "must be an integer in its bounds");
const need = (check) => Object.assign((it, at) => check(it, at), { needed: true });

function url(it, at) {
  string(3000)(it, at);
  if (!URL.canParse(it) || !/^(https?|mailto):$/.test(new URL(it).protocol)) wrong(at, "must be a valid URL");
}

function list(check, max, min = 1) {
  return (it, at) => {
    if (!Array.isArray(it)) wrong(at, "must be an array");
    if (it.length < min) wrong(at, `no less than ${min} items allowed`);
    if (it.length > max) wrong(at, `no more than ${max} items allowed`);
    it.forEach((one, n) => check(one, `${at}/${n}`));
  };
}

function object(members) {
  return (it, at) => {
    if (it === null || typeof it !== "object" || Array.isArray(it)) wrong(at, "must be an object");
    for (const name of Object.keys(it)) if (!Object.hasOwn(members, name)) wrong(`${at}/${name}`, "no more members allowed");
    for (const [name, check] of Object.entries(members)) {
      if (it[name] !== undefined) check(it[name], `${at}/${name}`);
      else if (check.needed) wrong(at, `missing required field: ${name}`);
    }
  };
}

function oneOf(kinds) {
  const checks = Object.fromEntries(Object.entries(kinds).map(([type, members]) => [type, object({ type: among(type), ...members })]));
  return (it, at) => {
    if (it === null || typeof it !== "object" || !Object.hasOwn(checks, it.type)) wrong(`${at}/type`, `unsupported type: ${it?.type}`);
    checks[it.type](it, at);
  };
}

const plain = (max) => object({ type: need(among("plain_text")), text: need(string(max)), emoji: bool });
const text = (max) => oneOf({
  plain_text: { text: need(string(max)), emoji: bool },
  mrkdwn: { text: need(string(max)), verbatim: bool },
});

const id = string(255);
const confirm = object({ title: need(plain(100)), text: need(text(300)), confirm: need(plain(30)), deny: need(plain(30)),
  style: among("primary", "danger") });
const option = object({ text: need(text(75)), value: need(string(150)), description: text(75), url });
const groups = object({ label: need(plain(75)), options: need(list(option, 100)) });
const options = { options: list(option, 100), option_groups: list(groups, 100) };
const menu = { action_id: id, placeholder: plain(150), confirm, focus_on_load: bool };
const image = { alt_text: need(string(2000)), image_url: url };

const BUTTON = { button: { text: need(plain(75)), action_id: id, value: string(2000), url, style: among("primary", "danger"), confirm,
  accessibility_label: string(75) } };
const CHOICES = {
  static_select: { ...menu, ...options, initial_option: option },
  multi_static_select: { ...menu, ...options, initial_options: list(option, 100), max_selected_items: integer(1, 100) },
  users_select: { ...menu, initial_user: id },
  radio_buttons: { action_id: id, options: need(list(option, 10)), initial_option: option, confirm, focus_on_load: bool },
  checkboxes: { action_id: id, options: need(list(option, 10)), initial_options: list(option, 10), confirm, focus_on_load: bool },
};
const OVERFLOW = { overflow: { action_id: id, options: need(list(option, 5)), confirm } };
const INPUTS = {
  ...CHOICES,
  plain_text_input: { action_id: id, placeholder: plain(150), initial_value: string(3000, 0), multiline: bool, min_length: integer(0, 3000),
    max_length: integer(1, 3000), focus_on_load: bool, dispatch_action_config: object({ trigger_actions_on: list(string(40), 2) }) },
};

const style = object({ bold: bool, italic: bool, strike: bool, code: bool });
const RICH = oneOf({
  text: { text: need(string(Infinity)), style },
  link: { url: need(url), text: string(Infinity), style, unsafe: bool },
  emoji: { name: need(string(100)), unicode: string(100), style },
  user: { user_id: need(id), style },
  channel: { channel_id: need(id), style },
  usergroup: { usergroup_id: need(id), style },
  broadcast: { range: need(among("here", "channel", "everyone")), style },
  date: { timestamp: need(integer(0, Number.MAX_SAFE_INTEGER)), format: need(string(200)), url, fallback: string(3000), style },
});
const rich = { elements: need(list(RICH, Infinity, 0)) };
const SECTION = { rich_text_section: rich };
const RICH_PARTS = oneOf({
  ...SECTION,
  rich_text_preformatted: { ...rich, border: integer(0, 1), language: string(50) },
  rich_text_quote: { ...rich, border: integer(0, 1) },
  rich_text_list: { elements: need(list(oneOf(SECTION), Infinity)), style: need(among("bullet", "ordered")), indent: integer(0, 8),
    offset: integer(0, 1000), border: integer(0, 1) },
});

const COMMON = {
  header: { text: need(plain(150)) },
  section: { text: text(3000), fields: list(text(2000), 10), accessory: oneOf({ ...BUTTON, ...CHOICES, ...OVERFLOW, image }), expand: bool },
  context: { elements: need(list(oneOf({ image, plain_text: { text: need(string(3000)), emoji: bool }, mrkdwn: { text: need(string(3000)), verbatim: bool } }), 10)) },
  divider: {},
  image: { ...image, title: plain(2000) },
  actions: { elements: need(list(oneOf({ ...BUTTON, ...CHOICES, ...OVERFLOW }), 25)) },
  rich_text: { elements: need(list(RICH_PARTS, Infinity)) },
  input: { label: need(plain(2000)), element: need(oneOf(INPUTS)), hint: plain(2000), optional: bool, dispatch_action: bool },
};
const BLOCK = oneOf(Object.fromEntries(Object.entries(COMMON).map(([type, members]) => [type, { block_id: id, ...members }])));

// Twice the same block_id, or action_id in one block: Slack could not say which was used.
function unique(blocks, at) {
  const seen = new Set();
  blocks.forEach((block, n) => {
    if (block.block_id !== undefined && seen.has(block.block_id)) wrong(`${at}/${n}/block_id`, "block_id already exists");
    seen.add(block.block_id);
    const ids = [...(block.type === "actions" ? block.elements : [])].map((e) => e.action_id).filter((a) => a !== undefined);
    if (new Set(ids).size !== ids.length) wrong(`${at}/${n}/elements`, "action_id already exists in this block");
    if (block.type === "section" && block.text === undefined && block.fields === undefined) wrong(`${at}/${n}`, "missing required field: text or fields");
  });
}

function checkBlocks(blocks, max, at) {
  list(BLOCK, max)(blocks, at);
  unique(blocks, at);
}

const VIEW = object({ type: need(among("modal")), title: need(plain(24)), submit: plain(24), close: plain(24), blocks: need(() => {}),
  private_metadata: string(3000, 0), callback_id: string(255, 0), external_id: string(255, 0), clear_on_close: bool,
  notify_on_close: bool, submit_disabled: bool });

function checkView(view) {
  VIEW(view, "/view");
  checkBlocks(view.blocks, 100, "/view/blocks");
  if (view.submit === undefined && view.blocks.some((b) => b.type === "input")) wrong("/view", "missing required field: submit");
}

// What is wrong with it, or null.
function ask(check, ...what) {
  try {
    check(...what);
    return null;
  } catch (why) {
    if (why instanceof Wrong) return why.message;
    throw why;
  }
}

export const wrongInBlocks = (blocks) => ask(checkBlocks, blocks, 50, "/blocks");
export const wrongInView = (view) => ask(checkView, view);

// How Slack gives them back: each block and each element has a name.
export function named(blocks, make) {
  const element = (e) => (e === undefined || e.type === "image" ? e : { action_id: make(), ...e });
  return structuredClone(blocks).map((block) => ({
    block_id: make(),
    ...block,
    ...(block.type === "actions" ? { elements: block.elements.map(element) } : {}),
    ...(block.accessory ? { accessory: element(block.accessory) } : {}),
    ...(block.type === "input" ? { element: element(block.element) } : {}),
  }));
}

export function elements(blocks) {
  return blocks.flatMap((block) => [...(block.type === "actions" ? block.elements : []), block.accessory, block.element]
    .filter((e) => e?.action_id !== undefined).map((element) => ({ block, element })));
}
