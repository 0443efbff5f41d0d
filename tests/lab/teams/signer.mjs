// The keys of the Bot Framework's tokens: one that is endorsed for Teams, one for another channel, one for none; and
// a stranger's under the first one's name.
import { createSign, generateKeyPairSync } from "node:crypto";

export const ISSUER = "https://api.botframework.com";
const ENDORSEMENTS = { teams: ["msteams", "webchat"], other: ["skypeforbusiness"], bare: null };

const part = (x) => Buffer.from(JSON.stringify(x)).toString("base64url");

function makeKeys(generation) {
  const keys = {};
  for (const name of [...Object.keys(ENDORSEMENTS), "stranger"]) {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    keys[name] = { kid: `${name === "stranger" ? "teams" : name}-${generation}`, privateKey, publicKey };
  }
  return keys;
}

export class Signer {
  constructor() {
    this.rotate();
  }

  rotate() {
    this.generation = (this.generation ?? 0) + 1;
    this.keys = makeKeys(this.generation);
  }

  published() {
    const keys = Object.entries(ENDORSEMENTS).map(([name, endorsements]) => {
      const { kid, publicKey } = this.keys[name];
      return { ...publicKey.export({ format: "jwk" }), use: "sig", kid, x5t: kid, ...(endorsements ? { endorsements } : {}) };
    });
    return { keys };
  }

  // What the Connector sends with an activity; `flaws` replaces claims (null: left out), `header` members of the header.
  mint(us, serviceUrl, { claims: flaws = {}, header = {}, key = "teams" } = {}) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { serviceurl: serviceUrl, nbf: now - 5, exp: now + 3600, iss: ISSUER, aud: us.app, ...flaws };
    for (const name of Object.keys(claims)) if (claims[name] === null) delete claims[name];
    const { kid, privateKey } = this.keys[key];
    const head = { alg: "RS256", kid, x5t: kid, typ: "JWT", ...header };
    for (const name of Object.keys(head)) if (head[name] === null) delete head[name];
    const text = `${part(head)}.${part(claims)}`;
    if (head.alg === "none") return `${text}.`;
    return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
  }
}
