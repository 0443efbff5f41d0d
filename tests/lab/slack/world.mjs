// What this Slack knows: one workspace, one app that is installed there, people, channels, messages, modals.
import { randomBytes, randomUUID } from "node:crypto";

export const now = () => Date.now() / 1000;
export const later = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
export const token = (bytes = 12) => randomBytes(bytes).toString("hex");
export const uuid = randomUUID;

// An answer {"ok": false, "error": ...}; more: members beside the error.
export class Refused extends Error {
  constructor(error, more = {}) {
    super(error);
    this.more = more;
  }
}

export class World {
  constructor() {
    Object.assign(this, {
      team: { id: "T0LAB0001", domain: "sluice-lab", name: "Sluice Lab" },
      app: { id: "A0LAB0001", bot: "B0LAB0001", user: "U0LABBOT1", name: "sluice" },
      client: { id: "100.200", secret: token() },
      secrets: { signing: token(16), bot: `xoxb-1-${token()}`, app: `xapp-1-A0LAB0001-${token()}`, verification: token() },
      tokens: { bot: "good", app: "good" },
      users: new Map(),
      channels: new Map(),
      messages: [],
      views: [],
      triggers: new Map(), // trigger_id -> {user, until}
      deliveries: [],
      calls: [],
      troubles: [],
      socketMode: true,
      requestUrl: null, // where signed HTTP goes; null: Socket Mode
      rate: "slack",
      openid: { claims: {}, key: "own", alg: "RS256", redirects: null, skew_s: 0, error: null },
      settings: { ack_s: 3, redeliver: 3, ping_s: 10, trigger_s: 3, max_sockets: 10, hello_after_s: 0, tickets_s: 30 },
      lastTs: 0,
    });
    this.user({ id: this.app.user, name: "sluice", is_bot: true });
  }

  user({ id, ...what }) {
    const plain = { name: id.toLowerCase(), team_id: this.team.id, deleted: false, is_bot: false, is_restricted: false,
      is_ultra_restricted: false, is_stranger: false };
    this.users.set(id, { ...plain, ...this.users.get(id), ...what, id });
  }

  channel({ id, ...what }) {
    const plain = { name: id.toLowerCase(), member: true, is_archived: false, is_ext_shared: false, is_im: id.startsWith("D") };
    this.channels.set(id, { ...plain, ...this.channels.get(id), ...what, id });
  }

  forget() {
    this.messages = [];
    this.views = [];
    this.calls = [];
    this.deliveries = [];
    this.triggers.clear();
  }

  // Slack's time stamps are the names of messages in a channel: never the same twice.
  ts() {
    this.lastTs = Math.max(this.lastTs + 1, Math.floor(now() * 1e6));
    return (this.lastTs / 1e6).toFixed(6);
  }

  message(channel, ts) {
    return this.messages.find((m) => m.channel === channel && m.ts === ts && m.ephemeral === null);
  }

  direct(user) {
    const id = `D0${user.slice(1)}`;
    if (!this.channels.has(id)) this.channel({ id, name: "directmessage", is_im: true, user });
    return this.channels.get(id);
  }

  // A user's name in the place of a channel's is the direct message to them.
  resolve(id) {
    const user = this.users.get(id);
    return user && !user.deleted && !user.is_bot ? this.direct(id).id : id;
  }

  trigger(user) {
    const id = `${Math.floor(now() * 1000)}.${this.client.id}.${token(8)}`;
    this.triggers.set(id, { user, until: now() + this.settings.trigger_s });
    return id;
  }

  // A trigger opens one modal, within its seconds.
  spend(id) {
    if (typeof id !== "string" || !this.triggers.has(id)) throw new Refused("invalid_trigger_id");
    const { user, until, spent } = this.triggers.get(id);
    if (now() > until) throw new Refused("expired_trigger_id");
    if (spent) throw new Refused("exchanged_trigger_id");
    this.triggers.get(id).spent = true;
    return user;
  }
}
