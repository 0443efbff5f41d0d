// A real identity provider (npm oidc-provider) on a loopback port, told what to do: a JSON line in ({"op", ...}),
// a JSON line out ({"said"} or {"failed"}). One process is one issuer. What it does wrong it does on command.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { Signer } from "./keys.mjs";
import { makeProvider } from "./config.mjs";
import { interact } from "./pages.mjs";

const realNow = Date.now;
const world = {
  users: {}, // name -> {sub, name, email, groups, claims, disabled}
  clients: [],
  resources: [], // audiences of access tokens
  token: { alg: "RS256", ttl: 300 },
  trouble: { down: "", slowMs: 0, slowPath: "", hostile: null },
  skewS: 0,
  requests: {}, // path -> how often
};
Date.now = () => realNow() + world.skewS * 1000;

let server, provider, answer;

function rebuild() {
  provider = makeProvider(world);
  answer = provider.callback();
}

async function serve(req, res) {
  const path = req.url.split("?")[0];
  const { down, slowMs, slowPath } = world.trouble;
  world.requests[path] = (world.requests[path] ?? 0) + 1;
  if (down === "drop") return req.socket.destroy();
  if (down !== "") return res.writeHead(Number(down)).end("out of order");
  if (slowMs > 0 && path.startsWith(slowPath)) await pause(slowMs);
  if (path === "/favicon.ico") return res.writeHead(204).end();
  if (path.startsWith("/interaction/")) return interact(provider, world, req, res);
  return answer(req, res);
}

const ops = {
  async start({ port, clients, users, resources = [], device = true }) {
    Object.assign(world, { clients, users, resources, device, issuer: `http://127.0.0.1:${port}`, signer: await Signer.make() });
    rebuild();
    server = createServer((req, res) => serve(req, res).catch((why) => res.writeHead(500).end(String(why))));
    await new Promise((done) => server.listen(port, "127.0.0.1", done));
    return world.issuer;
  },
  user: ({ login, op, ...what }) => void (world.users[login] = { ...world.users[login], ...what }),
  client({ client }) {
    world.clients = [...world.clients.filter((c) => c.client_id !== client.client_id), client];
    rebuild();
  },
  // keep: the old keys stay in the set, behind the new ones
  async rotate({ keep = false }) {
    await world.signer.rotate(keep);
    rebuild();
  },
  token(what) {
    Object.assign(world.token, what);
    rebuild();
  },
  trouble: (what) => void Object.assign(world.trouble, what),
  skew: ({ s }) => void (world.skewS = s),
  // any token at all, signed with a key of the provider ("own"), or of a stranger under the same name ("other")
  mint: (what) => world.signer.mint(what),
  requests: () => world.requests,
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let out;
  try {
    out = { said: (await ops[asked.op](asked)) ?? null };
  } catch (why) {
    out = { failed: String(why.stack ?? why) };
  }
  process.stdout.write(`${JSON.stringify(out)}\n`);
}
process.exit(0);
