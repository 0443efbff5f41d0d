// npm's jose makes keys and tokens, good and bad ones, and says of each what it thinks. One JSON document out:
// {"jwks", "issuer", "audience", "now", "cases": [{"what", "algorithms", "type", "token", "accepted"}]}.
import * as jose from "jose";

const issuer = "https://issuer.example/tenant", audience = "sluice:ask", now = 1_800_000_000;
const algorithms = ["RS256", "PS256", "ES256", "EdDSA"];
const claims = { iss: issuer, sub: "carol-7", aud: audience, iat: now - 10, exp: now + 600 };

const keys = {}, jwks = { keys: [] };
for (const alg of algorithms) {
  keys[alg] = await jose.generateKeyPair(alg, { extractable: true });
  jwks.keys.push({ ...await jose.exportJWK(keys[alg].publicKey), kid: alg, use: "sig", alg });
}
const local = jose.createLocalJWKSet(jwks);
const strangers = await jose.generateKeyPair("RS256", { extractable: true });

const cases = [];
async function judge(what, token, type, allowed) {
  let accepted = true;
  try {
    await jose.jwtVerify(token, local, { issuer, audience, algorithms: allowed, clockTolerance: 60,
      currentDate: new Date(now * 1000), requiredClaims: ["exp", "iat", "sub"],
      ...(type === "at+jwt" ? { typ: "at+jwt" } : {}) });
  } catch {
    accepted = false;
  }
  cases.push({ what, token, type, algorithms: allowed, accepted });
}

async function make(what, { alg = "RS256", header = {}, change = {}, key, type = "jwt", allowed = algorithms } = {}) {
  const payload = { ...claims, ...change };
  for (const name of Object.keys(payload)) if (payload[name] === undefined) delete payload[name];
  const token = await new jose.CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg, kid: alg, typ: "JWT", ...header }).sign(key ?? keys[alg].privateKey);
  await judge(what, token, type, allowed);
  return token;
}

for (const alg of algorithms) {
  await make(`good ${alg}`, { alg });
  await make(`${alg} where another is configured`, { alg, allowed: algorithms.filter((a) => a !== alg) });
  await make(`${alg} without kid`, { alg, header: { kid: undefined } });
  await make(`${alg} of an unknown kid`, { alg, header: { kid: "other" } });
  for (const kid of algorithms.filter((a) => a !== alg)) await make(`${alg} under the name of ${kid}`, { alg, header: { kid } });
  const token = await make(`good ${alg}, again`, { alg });
  for (const at of [0, 5, token.indexOf(".") + 3, token.lastIndexOf(".") - 1, token.lastIndexOf(".") + 1, token.length - 4]) {
    const other = token[at] === "A" ? "B" : "A";
    await judge(`${alg} with another character at ${at}`, token.slice(0, at) + other + token.slice(at + 1), "jwt", algorithms);
  }
  const [head, body, signature] = token.split(".");
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: "root" })).toString("base64url");
  await judge(`${alg} with other claims`, `${head}.${changed}.${signature}`, "jwt", algorithms);
  await judge(`${alg} without a signature`, `${head}.${body}.`, "jwt", algorithms);
  await judge(`${alg} of two parts`, `${head}.${body}`, "jwt", algorithms);
  await judge(`${alg} with a fourth part`, `${token}.${signature}`, "jwt", algorithms);
}
await make("a stranger's key under our name", { key: strangers.privateKey });
await make("a stranger's key that the token brings along",
  { key: strangers.privateKey, header: { jwk: await jose.exportJWK(strangers.publicKey) } });
await make("our key, and a stranger's brought along", { header: { jwk: await jose.exportJWK(strangers.publicKey) } });
await make("jku and x5u beside our key", { header: { jku: "https://evil.example/k", x5u: "https://evil.example/c" } });

const secret = new TextEncoder().encode(await jose.exportSPKI(keys.RS256.publicKey));
await judge("HS256 keyed with our public key", await new jose.SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "RS256" })
  .sign(secret), "jwt", algorithms);
await judge("none", new jose.UnsecuredJWT(claims).encode(), "jwt", algorithms);

for (const [what, change] of Object.entries({
  "another issuer": { iss: "https://issuer.example" }, "a slash more": { iss: issuer + "/" }, "no issuer": { iss: undefined },
  "another audience": { aud: "other" }, "no audience": { aud: undefined }, "a list with ours": { aud: ["x", audience] },
  "a list without ours": { aud: ["x", "y"] }, "an empty list": { aud: [] }, "no subject": { sub: undefined },
  "no expiry": { exp: undefined }, "no iat": { iat: undefined }, "expired": { exp: now - 61 }, "expired inside the skew": { exp: now - 59 },
  "long expired": { exp: 1, iat: 0 }, "not yet": { nbf: now + 61 }, "not yet inside the skew": { nbf: now + 59 },
  "expiry as text": { exp: String(now + 600) }, "nbf as text": { nbf: "x" },
})) await make(what, { change });

for (const [what, typ] of Object.entries({ "at+jwt": "at+jwt", "application/at+jwt": "application/at+jwt", "AT+JWT": "AT+JWT",
  "JWT for at+jwt": "JWT", "no type for at+jwt": undefined, "logout+jwt for at+jwt": "logout+jwt" }))
  await make(`type: ${what}`, { header: { typ }, type: "at+jwt" });
await make("crit", { header: { crit: ["b64"], b64: true } });

process.stdout.write(JSON.stringify({ jwks, issuer, audience, now, cases }));
