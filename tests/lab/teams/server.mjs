// A Bot Framework for tests: tokens, keys and their metadata, the Connector, and people in Teams. One port, loopback
// only. Commands are lines of JSON on stdin, {"op":..., ...}; each is answered by one line, {"said":...} or
// {"failed":"..."}. It ends when stdin does. ops: see `ops` below, and tests/lab/teams.py.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Client } from "./client.mjs";
import { Connector } from "./connector.mjs";
import { ISSUER, Signer } from "./signer.mjs";

const signer = new Signer();
let us, connector, client;
const asked = { keys: 0, metadata: 0, token: 0 };

function metadata() {
  return {
    issuer: ISSUER,
    authorization_endpoint: "https://invalid.botframework.com",
    jwks_uri: `${us.base}v1/.well-known/keys`,
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
  };
}

const yes = (body) => ({ status: 200, headers: {}, body });

async function answer(method, path, headers, body) {
  if (method === "GET" && path === "/v1/.well-known/openidconfiguration") return (asked.metadata += 1), yes(metadata());
  if (method === "GET" && path === "/v1/.well-known/keys") return (asked.keys += 1), yes(signer.published());
  const token = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(path);
  if (method === "POST" && token) {
    asked.token += 1;
    const trouble = connector.troubleOf(method, path);
    if (trouble?.silence) return undefined;
    return trouble ? { status: trouble.status, headers: {}, body: { error: trouble.code ?? "temporarily_unavailable" } } : connector.grant(token[1], body);
  }
  if (method === "POST" && path.startsWith("/workflows/")) return connector.hook(path, headers["content-type"], body);
  if (path.startsWith("/amer/v3/conversations")) return connector.answer(method, path.slice("/amer".length), headers.authorization, body);
  return { status: 404, headers: {}, body: { error: { code: "NotFound", message: path } } };
}

async function serve(request, response) {
  const chunks = [];
  for await (const c of request) chunks.push(c);
  const out = await answer(request.method, request.url, request.headers, Buffer.concat(chunks).toString("utf8"));
  if (out === undefined) return; // silence: whoever asks gives up
  response.writeHead(out.status, { "Content-Type": "application/json; charset=utf-8", ...out.headers });
  response.end(JSON.stringify(out.body));
}

const ops = {
  // {port, app, tenant, secret, bot}: where it is; `bot` may come later
  async start({ port, ...given }) {
    const base = `http://127.0.0.1:${port}/`;
    us = { base, service: `${base}amer/`, ...given };
    connector = new Connector(us);
    client = new Client(connector, signer, us);
    const server = createServer((q, a) => serve(q, a).catch((why) => a.destroy(why)));
    await new Promise((done) => server.listen(port, "127.0.0.1", done));
    return { base, service: us.service };
  },
  bot: ({ url }) => ((us.bot = url), null),
  // somebody: {name, oid, tenant, role, upn, anonymous}
  person(p) {
    const oid = p.oid ?? randomUUID();
    const guest = p.role === "guest";
    connector.people.set(oid, { id: `29:${oid.replaceAll("-", "")}`, oid, tenant: us.tenant, role: "user",
      upn: guest ? `${p.name}_other.test#EXT#@corp.test` : `${p.name}@corp.test`, ...p });
    return oid;
  },
  // a place: {id, type, people}; `install` tells the bot of it
  conversation(c) {
    const where = { type: "channel", people: [], ...c };
    connector.conversations.set(where.id, where);
    if (where.type === "channel") {
      where.team ??= `19:team-of-${where.id.slice(3)}`; // members are the team's
      connector.conversations.set(where.team, { id: where.team, type: "team", people: where.people });
    }
    return null;
  },
  install: ({ token, ...how }) => client.send(client.added(how), token),
  press: ({ token, ...how }) => client.send(client.pressed(how), token),
  send: ({ activity, token }) => client.send(activity, token),
  // several presses at once: [{who, conversation, message, verb, text}]
  presses: ({ list }) => Promise.all(list.map(({ token, ...how }) => client.send(client.pressed(how), token))),
  // what a Workflows link got
  hooked: () => connector.hooked,
  // the very same request once more: `back` 1 is the last one
  replay: ({ back = 1 }) => client.deliver(client.sent.at(-back)),
  twice: ({ token, ...how }) => client.twice(client.pressed(how), token),
  mint: ({ ...flaws }) => signer.mint(us, us.service, flaws),
  rotate: () => (signer.rotate(), null),
  trouble: ({ list }) => ((connector.trouble = list), null),
  block: ({ conversation, blocked = true }) => ((connector.conversations.get(conversation).blocked = blocked), null),
  token_life: ({ seconds }) => ((connector.tokenLife = seconds), null),
  forget_tokens: () => (connector.tokens.clear(), null),
  messages: ({ conversation }) => [...connector.messages.values()].filter((m) => !conversation || m.conversation === conversation),
  calls: () => connector.calls,
  asked: () => asked,
};

for await (const line of createInterface({ input: process.stdin })) {
  let out;
  try {
    const { op, ...args } = JSON.parse(line);
    out = { said: (await ops[op](args)) ?? null };
  } catch (why) {
    out = { failed: String(why.stack ?? why) };
  }
  console.log(JSON.stringify(out));
}
process.exit(0);
