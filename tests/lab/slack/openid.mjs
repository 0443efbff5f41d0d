// "Sign in with Slack": OpenID Connect as Slack publishes it, with a page on which one chooses who one is.
import { createHash, createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { readBody } from "./api.mjs";
import { merge } from "./deliver.mjs";
import { now, Refused, token } from "./world.mjs";

const PATH = "/openid/connect/authorize";
const CODE_S = 600;
const base64 = (it) => Buffer.from(typeof it === "string" || Buffer.isBuffer(it) ? it : JSON.stringify(it)).toString("base64url");
const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const makeKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 });

export class OpenId {
  constructor(world, base) {
    Object.assign(this, { world, base, asked: new Map(), codes: new Map(), access: new Map(), keys: [], other: makeKey() });
    this.rotate();
  }

  rotate() {
    this.keys = [{ kid: token(8), ...makeKey() }];
  }

  discovery = () => ({
    issuer: this.base, authorization_endpoint: this.base + PATH, token_endpoint: `${this.base}/api/openid.connect.token`,
    userinfo_endpoint: `${this.base}/api/openid.connect.userInfo`, jwks_uri: `${this.base}/openid/connect/keys`,
    scopes_supported: ["openid", "profile", "email"], response_types_supported: ["code"], response_modes_supported: ["form_post"],
    grant_types_supported: ["authorization_code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: ["sub", "auth_time", "iss"], claims_parameter_supported: false, request_parameter_supported: false,
    request_uri_parameter_supported: true, token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
  });

  jwks = () => ({ keys: this.keys.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid })) });

  // The page, and what its button does.
  async authorize(req, res, url) {
    const asked = req.method === "POST" ? new URLSearchParams((await readBody(req)).toString()) : url.searchParams;
    if (asked.has("request")) return this.chosen(res, asked);
    const why = this.wrong(asked);
    if (why !== null) return this.page(res, 400, `<p role=alert>${why}</p>`);
    const request = token();
    this.asked.set(request, asked);
    const users = [...this.world.users.values()].filter((u) => !u.is_bot && !u.deleted);
    const choices = users.map((u) => `<option value="${escape(u.id)}">${escape(u.name)} (${escape(u.team_id)})</option>`);
    return this.page(res, 200, `<form method=post action="${PATH}"><input type=hidden name=request value=${request}>
<label>Who <select name=user>${choices.join("")}</select></label>
<button type=submit>Allow</button> <button type=submit name=deny value=yes>Cancel</button></form>`);
  }

  page(res, status, text) {
    res.writeHead(status, { "Content-Type": "text/html; charset=utf-8" }).end(`<!doctype html><html lang=en><title>Sign in with Slack</title><h1>Sign in</h1>${text}</html>`);
  }

  wrong(asked) {
    const { redirects } = this.world.openid;
    if (asked.get("client_id") !== this.world.client.id) return "Invalid client_id parameter";
    if (!URL.canParse(asked.get("redirect_uri") ?? "") || (redirects && !redirects.includes(asked.get("redirect_uri")))) return "redirect_uri did not match any configured URIs";
    if (asked.get("response_type") !== "code") return "invalid response_type";
    if (!(asked.get("scope") ?? "").split(/[ ,]/).includes("openid")) return "scope has no openid";
    return null;
  }

  chosen(res, said) {
    const asked = this.asked.get(said.get("request"));
    this.asked.delete(said.get("request"));
    const user = this.world.users.get(said.get("user"));
    if (!asked || !user) return this.page(res, 400, "<p role=alert>That request is over</p>");
    const back = new URL(asked.get("redirect_uri"));
    const error = said.has("deny") ? "access_denied" : this.world.openid.error;
    const code = `${this.world.client.id}.${token(20)}`;
    if (error) back.searchParams.set("error", error);
    else back.searchParams.set("code", code);
    this.codes.set(code, { user: user.id, asked, until: now() + CODE_S });
    if (asked.has("state")) back.searchParams.set("state", asked.get("state"));
    res.writeHead(302, { Location: back.href }).end();
  }

  checkClient(args, req) {
    const basic = /^Basic (\S+)$/.exec(req.headers.authorization ?? "");
    const parts = basic ? Buffer.from(basic[1], "base64").toString().split(":").map(decodeURIComponent) : [args.client_id, args.client_secret];
    if (parts[0] !== this.world.client.id) throw new Refused("invalid_client_id");
    if (parts[1] !== this.world.client.secret) throw new Refused("bad_client_secret");
  }

  exchange(args, req) {
    this.checkClient(args, req);
    if ((args.grant_type ?? "authorization_code") !== "authorization_code") throw new Refused("invalid_grant_type");
    const code = this.codes.get(args.code);
    if (!code || code.until < now()) throw new Refused("invalid_code");
    if (code.used) throw new Refused("code_already_used");
    code.used = true;
    if (code.asked.get("redirect_uri") !== args.redirect_uri) throw new Refused("bad_redirect_uri");
    this.checkProof(code.asked, args);
    const access = `xoxp-1-${token(20)}`;
    this.access.set(access, code.user);
    return { access_token: access, token_type: "Bearer", id_token: this.idToken(code, access) };
  }

  checkProof(asked, { code_verifier }) {
    const challenge = asked.get("code_challenge");
    const proof = createHash("sha256").update(code_verifier ?? "").digest("base64url");
    if (challenge !== null && proof !== challenge) throw new Refused("invalid_code_verifier");
  }

  claims(user) {
    const { id, team_id, name, email } = user;
    return { sub: id, "https://slack.com/team_id": team_id, "https://slack.com/user_id": id, "https://slack.com/team_domain": this.world.team.domain,
      ...(email ? { email, email_verified: true, date_email_verified: 1_622_128_723 } : {}), locale: "en-US", name, given_name: name, family_name: "" };
  }

  idToken({ user, asked }, access) {
    const { claims, skew_s } = this.world.openid;
    const at = Math.floor(now()) + skew_s;
    const hash = createHash("sha256").update(access).digest().subarray(0, 16);
    return this.sign(merge({
      iss: this.base, aud: this.world.client.id, exp: at + 300, iat: at, auth_time: at, at_hash: base64(hash),
      ...(asked.has("nonce") ? { nonce: asked.get("nonce") } : {}), ...this.claims(this.world.users.get(user)),
    }, claims));
  }

  sign(claims) {
    const { key, alg } = this.world.openid;
    const { kid, privateKey, publicKey } = this.keys.at(-1);
    const signed = `${base64({ alg, typ: "JWT", kid })}.${base64(claims)}`;
    const ways = {
      RS256: () => createSign("RSA-SHA256").update(signed).sign(key === "own" ? privateKey : this.other.privateKey),
      HS256: () => createHmac("sha256", publicKey.export({ format: "pem", type: "spki" })).update(signed).digest(),
      none: () => "",
    };
    return `${signed}.${base64(ways[alg]())}`;
  }

  userInfo(access) {
    const user = this.access.get(access);
    if (!user) throw new Refused("invalid_auth");
    return this.claims(this.world.users.get(user));
  }
}
