// What Teams sends to a bot: a person's press on a button that is there, what an old client makes of it, a client that
// refreshes a card by itself, and news of conversations.
import { randomUUID } from "node:crypto";

export class Client {
  constructor(connector, signer, us) {
    Object.assign(this, { connector, signer, us, sent: [] });
  }

  base(person, conversation, extra) {
    const thread = extra.root && conversation.type === "channel" ? `;messageid=${extra.root}` : "";
    const team = conversation.type === "channel" ? { team: { id: conversation.team }, channel: { id: conversation.id } } : {};
    return {
      id: `f:${randomUUID()}`,
      timestamp: new Date().toISOString(),
      localTimestamp: new Date().toISOString(),
      channelId: "msteams",
      serviceUrl: this.us.service,
      from: { id: person.id, name: person.name, ...(person.anonymous ? {} : { aadObjectId: person.oid }) },
      conversation: { conversationType: conversation.type, tenantId: this.us.tenant, id: conversation.id + thread, ...(conversation.type === "personal" ? {} : { isGroup: true }) },
      recipient: { id: `28:${this.us.app}`, name: "Sluice" },
      channelData: { tenant: { id: this.us.tenant }, source: { name: "message" }, ...team },
      locale: "en-GB",
    };
  }

  // A button of the newest version of a message; `as` "submit": the client does not know Action.Execute.
  button(message, verb, as) {
    const card = message.versions.at(-1).attachments?.[0]?.content;
    const action = card?.actions?.find((a) => a.verb === verb);
    if (action === undefined) throw new Error(`no button ${verb}: ${card?.actions?.map((a) => a.verb ?? a.type)}`);
    return as === "submit" ? action.fallback : action;
  }

  // {who, conversation, message, verb, text, as, trigger, data, activity, token}: the last three are what is forged.
  pressed({ who, conversation, message, verb, text, as = "execute", trigger = "manual", data, activity = {} }) {
    const person = this.connector.people.get(who);
    const where = this.connector.conversations.get(conversation);
    const found = this.connector.messages.get(`${conversation} ${message}`);
    const action = data ? { type: as === "submit" ? "Action.Submit" : "Action.Execute", verb, data } : this.button(found, verb, as);
    const filled = { ...action.data, ...(text === undefined ? {} : { reason: text }) };
    const base = { ...this.base(person, where, { root: found?.replyTo ?? message }), replyToId: message };
    const out = as === "submit"
      ? { ...base, type: "message", value: filled }
      : { ...base, type: "invoke", name: "adaptiveCard/action",
          value: { action: { type: action.type, title: action.title, verb: action.verb, data: filled }, ...(trigger === null ? {} : { trigger }) } };
    return { ...out, ...activity };
  }

  added({ conversation, who, removed = false, activity = {} }) {
    const where = this.connector.conversations.get(conversation);
    const list = removed ? "membersRemoved" : "membersAdded";
    return { ...this.base(this.connector.people.get(who), where, {}), type: "conversationUpdate", [list]: [{ id: `28:${this.us.app}` }], ...activity };
  }

  // To the bot; its answer. `token`: flaws of the token (signer.mjs), or {none: true}, or {raw: "..."}
  async send(activity, token = {}) {
    const jwt = token.raw ?? this.signer.mint(this.us, this.us.service, token);
    this.connector.heard.add(activity.id);
    this.sent.push({ body: JSON.stringify(activity), jwt });
    return this.deliver(this.sent.at(-1), token.none);
  }

  // The very same bytes, two at once.
  async twice(activity, token = {}) {
    const one = { body: JSON.stringify(activity), jwt: this.signer.mint(this.us, this.us.service, token) };
    this.sent.push(one);
    return Promise.all([this.deliver(one), this.deliver(one)]);
  }

  async deliver({ body, jwt }, none = false) {
    const headers = { "Content-Type": "application/json; charset=utf-8", ...(none ? {} : { Authorization: `Bearer ${jwt}` }) };
    const answer = await fetch(this.us.bot, { method: "POST", headers, body, signal: AbortSignal.timeout(30000) });
    const text = await answer.text();
    let json = null;
    try {
      json = JSON.parse(text);
    } catch {
      // its status says enough
    }
    return { status: answer.status, json, text };
  }
}
