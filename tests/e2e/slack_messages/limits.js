// The limits of Slack's reference (Block Kit, chat.postMessage, views), which its types do not have, and rules of our own.
"use strict";

const MOST = { header: 150, section: 3000, button: 75, title: 24, submit: 24, close: 24, label: 2000 };
const STRINGS = { value: 2000, url: 3000, action_id: 255, block_id: 255, callback_id: 255, private_metadata: 3000, trigger_id: 255 };
const ALL_TEXT = 10_000; // "msg_blocks_too_long" comes at about 11,000 to 13,000 of all texts together, undocumented
const TEXT = 4_000; // of the top-level text, as recommended

function plain(object, most, where, out) {
  if (object.type !== "plain_text") out.push(`${where}: not plain_text`);
  if (object.emoji !== false) out.push(`${where}: emoji`);
  if (object.text.length < 1 || object.text.length > most) out.push(`${where}: ${object.text.length} characters`);
}

function strings(at, where, out) {
  for (const [name, most] of Object.entries(STRINGS))
    if (name in at && (at[name].length < 1 || at[name].length > most)) out.push(`${where}.${name}: ${at[name].length} characters`);
  if ("url" in at && !["http:", "https:"].includes(new URL(at.url).protocol)) out.push(`${where}.url: ${at.url}`);
  if (at.type === "mrkdwn") out.push(`${where}: mrkdwn`);
}

const KINDS = {
  header: (at, where, out) => plain(at.text, MOST.header, where, out),
  button: (at, where, out) => plain(at.text, MOST.button, where, out),
  input: (at, where, out) => plain(at.label, MOST.label, where, out),
  context: (at, where, out) => {
    if (at.elements.length < 1 || at.elements.length > 10) out.push(`${where}: ${at.elements.length} elements`);
    at.elements.forEach((e) => plain(e, 3000, where, out));
  },
  actions: (at, where, out) => {
    const ids = at.elements.map((e) => e.action_id);
    if (ids.length < 1 || ids.length > 25) out.push(`${where}: ${ids.length} elements`);
    if (new Set(ids).size !== ids.length) out.push(`${where}: an action_id twice`);
    if (at.elements.filter((e) => e.style === "primary").length > 1) out.push(`${where}: two primary buttons`);
  },
  plain_text_input: (at, where, out) => {
    if (!(at.min_length >= 1 && at.max_length <= 3000)) out.push(`${where}: lengths`);
  },
  date: (at, where, out) => {
    if (!Number.isInteger(at.timestamp) || at.timestamp <= 0 || !at.fallback) out.push(`${where}: date`);
  },
  text: (at, where, out) => {
    if (at.text.length < 1) out.push(`${where}: no text`);
  },
};

function walk(at, where, out) {
  if (Array.isArray(at)) at.forEach((x, i) => walk(x, `${where}[${i}]`, out));
  else if (at && typeof at === "object") {
    strings(at, where, out);
    if (Object.hasOwn(KINDS, at.type)) KINDS[at.type](at, where, out);
    if (/^rich_text/.test(at.type ?? "") && at.elements.length < 1) out.push(`${where}: no elements`);
    for (const [name, value] of Object.entries(at)) walk(value, `${where}.${name}`, out);
  }
}

function sum(at) {
  if (Array.isArray(at)) return at.reduce((n, x) => n + sum(x), 0);
  if (!at || typeof at !== "object") return 0;
  return Object.entries(at).reduce((n, [name, v]) => n + (name === "text" && typeof v === "string" ? v.length : sum(v)), 0);
}

function view(v, out) {
  for (const name of ["title", "submit", "close"]) if (name in v) plain(v[name], MOST[name], name, out);
  if (v.blocks.length > 100) out.push(`${v.blocks.length} blocks`);
  if (v.blocks.some((b) => b.type === "input") && !v.submit) out.push("an input and nothing to submit");
}

exports.limits = (body) => {
  const out = [];
  walk(body, "", out);
  if (body.view) view(body.view, out);
  if (body.blocks && (body.blocks.length < 1 || body.blocks.length > 50)) out.push(`${body.blocks.length} blocks`);
  if ("text" in body && (body.text.length < 1 || body.text.length > TEXT)) out.push(`text: ${body.text.length} characters`);
  if (sum(body.blocks ?? body.view?.blocks) > ALL_TEXT) out.push(`${sum(body.blocks ?? body.view?.blocks)} characters together`);
  return out;
};
