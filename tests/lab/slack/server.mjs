// A small Slack on a loopback port: node server.mjs PORT. It prints what a client needs to know as one JSON line when it
// listens, and ends when its standard input does.
import { createServer } from "node:http";
import { api } from "./api.mjs";
import { control } from "./control.mjs";
import { OpenId } from "./openid.mjs";
import { Sockets } from "./sockets.mjs";
import { World } from "./world.mjs";

const port = Number(process.argv[2]);
const url = `http://127.0.0.1:${port}`;
const world = new World();
const slack = { world, url, sockets: new Sockets(world, url), openid: new OpenId(world, url) };

function json(res, said) {
  res.writeHead(200, { "Content-Type": "application/json; charset=utf-8" }).end(JSON.stringify(said));
}

async function serve(req, res) {
  const at = new URL(req.url, url);
  if (at.pathname.startsWith("/lab/")) return control(slack, req, res, at);
  if (at.pathname.startsWith("/api/")) return api(world, slack, req, res, at);
  if (at.pathname === "/.well-known/openid-configuration") return json(res, slack.openid.discovery());
  if (at.pathname === "/openid/connect/keys") return json(res, slack.openid.jwks());
  if (at.pathname === "/openid/connect/authorize") return slack.openid.authorize(req, res, at);
  return res.writeHead(404).end("not found");
}

const server = createServer((req, res) => serve(req, res).catch((why) => {
  console.error(why);
  res.writeHead(500).end("the lab's Slack is broken");
}));
server.on("upgrade", (req, raw, head) => slack.sockets.upgrade(req, raw, head));
server.listen(port, "127.0.0.1", () => {
  const { team, app, client, secrets } = world;
  console.log(JSON.stringify({ url, api: `${url}/api/`, issuer: url, team: team.id, app_id: app.id, bot_user: app.user, bot_token: secrets.bot,
    app_token: secrets.app, signing_secret: secrets.signing, client_id: client.id, client_secret: client.secret }));
});
process.stdin.resume().on("end", () => process.exit(0));
