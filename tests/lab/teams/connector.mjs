// The Connector's REST interface, as a bot calls it: conversations, activities, members; and the tokens for it.
// It keeps every version of every message. What is wrong with it is `trouble`, on command.
import { randomBytes, randomUUID } from "node:crypto";

const MOST = 28000; // octets of UTF-16; Teams' own limit is higher, and was lower once
const SCOPE = "https://api.botframework.com/.default";

const no = (status, code, message = code, headers = {}) => ({ status, headers, body: { error: { code, message } } });
const yes = (body, status = 200) => ({ status, headers: {}, body });

export class Connector {
  constructor(us) {
    this.us = us;
    this.people = new Map(); // object id -> person
    this.conversations = new Map(); // id -> {id, type, people: [object id], blocked}
    this.messages = new Map(); // "conversation id" -> {id, conversation, replyTo, versions: [activity]}
    this.heard = new Set(); // ids of activities that bots got, which can be answered as well
    this.tokens = new Map(); // token -> when it ends, ms
    this.tokenLife = 3600;
    this.trouble = [];
    this.calls = [];
    this.hooked = []; // what Workflows links got
    this.count = 0;
  }

  // --- tokens (OAuth 2.0 client credentials at login.microsoftonline.com) ---
  grant(tenant, form) {
    const f = Object.fromEntries(new URLSearchParams(form));
    const bad = (error) => ({ status: 401, headers: {}, body: { error, error_description: "AADSTS7000000: for tests", error_codes: [7000000] } });
    if (tenant !== this.us.tenant) return { ...bad("invalid_request"), status: 400 };
    if (f.grant_type !== "client_credentials") return bad("unsupported_grant_type");
    if (f.client_id !== this.us.app || f.client_secret !== this.us.secret) return bad("invalid_client");
    if (f.scope !== SCOPE) return bad("invalid_scope");
    const token = `t.${randomBytes(24).toString("base64url")}.s`;
    this.tokens.set(token, Date.now() + 1000 * this.tokenLife);
    return yes({ token_type: "Bearer", expires_in: this.tokenLife, ext_expires_in: this.tokenLife, access_token: token });
  }

  mayCall(authorization) {
    const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1];
    return (this.tokens.get(token) ?? 0) > Date.now();
  }

  // The next trouble that fits, once: {path: "activities", method, status, retryAfter, code, silence, times}
  troubleOf(method, path) {
    const at = this.trouble.findIndex((t) => (!t.method || t.method === method) && path.includes(t.path ?? ""));
    if (at < 0) return undefined;
    const found = this.trouble[at];
    found.times = (found.times ?? 1) - 1;
    if (found.times <= 0) this.trouble.splice(at, 1);
    return found;
  }

  // "When a Teams webhook request is received": it takes a message with cards, and says no more than that it did.
  hook(path, type, text) {
    const trouble = this.troubleOf("POST", path);
    if (trouble) return no(trouble.status, trouble.code ?? "ServiceError", "on command", trouble.retryAfter === undefined ? {} : { "Retry-After": String(trouble.retryAfter) });
    const body = JSON.parse(text);
    const why = refused(body) ?? (type.startsWith("application/json") ? undefined : "type");
    if (why) return no(400, "TriggerInputSchemaMismatch", why);
    this.hooked.push({ path, body, at: Date.now() });
    return { status: 202, headers: {}, body: "" };
  }

  // --- calls ---
  async answer(method, path, authorization, text) {
    const trouble = this.troubleOf(method, path);
    if (trouble?.silence) return undefined;
    if (trouble)
      return no(trouble.status, trouble.code ?? "ServiceError", "on command", trouble.retryAfter === undefined ? {} : { "Retry-After": String(trouble.retryAfter) });
    if (!this.mayCall(authorization)) return no(401, "Unauthorized");
    let body;
    try {
      body = text === "" ? undefined : JSON.parse(text);
    } catch {
      return no(400, "BadSyntax");
    }
    const out = this.route(method, path.split("/").filter(Boolean).slice(2).map(decodeURIComponent), body, text);
    this.calls.push({ method, path, status: out.status, at: Date.now() / 1000, text });
    return out;
  }

  route(method, [conversation, what, id], body, text) {
    if (conversation === undefined) return method === "POST" ? this.create(body) : no(405, "MethodNotAllowed");
    const where = this.conversations.get(conversation.split(";")[0]);
    if (where === undefined) return no(404, "ConversationNotFound");
    if (where.blocked) return no(403, "BotNotInConversationRoster");
    if (what === "members" && method === "GET") return this.member(where, id);
    if (what === "pagedmembers" && method === "GET") return yes({ members: where.people.map((p) => this.described(p)) });
    if (what !== "activities") return no(404, "NotFound");
    if (2 * text.length > MOST) return no(413, "MessageSizeTooBig");
    if (method === "POST") return this.post(where, body, id);
    if (method === "PUT") return this.put(where, body, id);
    return no(405, "MethodNotAllowed");
  }

  create(body) {
    const member = body?.members?.[0]?.id;
    const person = [...this.people.values()].find((p) => p.id === member || p.oid === member);
    if (body?.tenantId !== this.us.tenant && body?.channelData?.tenant?.id !== this.us.tenant) return no(400, "BadArgument", "tenant");
    if (person === undefined) return no(403, "ForbiddenOperationException", "no such user");
    const id = `a:1${person.oid.slice(0, 8)}`;
    if (!this.conversations.has(id)) this.conversations.set(id, { id, type: "personal", people: [person.oid] });
    return yes({ id }, 201);
  }

  described(oid) {
    const { id, name, tenant, role, upn } = this.people.get(oid);
    return { id, objectId: oid, aadObjectId: oid, name, givenName: name, surname: name, email: upn, userPrincipalName: upn, tenantId: tenant, userRole: role };
  }

  member(where, id) {
    if (id === undefined) return yes(where.people.map((p) => this.described(p)));
    const oid = where.people.find((p) => p === id || this.people.get(p).id === id);
    return oid === undefined ? no(404, "MemberNotFoundInConversation") : yes(this.described(oid));
  }

  post(where, activity, replyTo) {
    const why = refused(activity);
    if (why) return no(400, "BadArgument", why);
    const thread = where.type === "channel" ? replyTo : undefined; // elsewhere there are none
    if (thread !== undefined && !this.heard.has(replyTo) && !this.messages.has(`${where.id} ${replyTo}`)) return no(404, "ActivityNotFoundInConversation");
    const id = where.type === "personal" ? `1:${randomUUID()}` : String(1800000000000 + (this.count += 1));
    this.messages.set(`${where.id} ${id}`, { id, conversation: where.id, replyTo: thread, versions: [activity] });
    return yes({ id }, 201);
  }

  put(where, activity, id) {
    const message = this.messages.get(`${where.id} ${id}`);
    const why = refused(activity);
    if (why) return no(400, "BadArgument", why);
    if (message === undefined) return no(404, "ActivityNotFoundInConversation");
    message.versions.push(activity);
    return yes({ id });
  }
}

function refused(activity) {
  if (activity?.type !== "message") return "type";
  const attachments = activity.attachments ?? [];
  if (typeof activity.text !== "string" && attachments.length === 0) return "nothing to say";
  for (const { contentType, content } of attachments)
    if (contentType !== "application/vnd.microsoft.card.adaptive" || content?.type !== "AdaptiveCard" || content.version !== "1.5") return "attachment";
  return undefined;
}
