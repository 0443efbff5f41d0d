// What passkeys signed, as `sluice ledger show --json` tells it, looked at by @simplewebauthn/server: stdin
// {"leaf": a decision, "key": the enrolment of its passkey, "origin": ".."}; stdout {"verified", "userVerified"}
const { createHash, createPublicKey } = require("node:crypto");
const { verifyAuthenticationResponse } = require("@simplewebauthn/server");
const { isoCBOR } = require("@simplewebauthn/server/helpers");

// RFC 8785 for what is in these documents: strings, whole numbers, objects.
function canonical(value) {
  if (typeof value !== "object") return JSON.stringify(value);
  return "{" + Object.keys(value).sort().map((k) => JSON.stringify(k) + ":" + canonical(value[k])).join(",") + "}";
}

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));

// COSE_Key of a SubjectPublicKeyInfo
function cose(spki) {
  const jwk = createPublicKey({ key: Buffer.from(spki, "base64url"), format: "der", type: "spki" }).export({ format: "jwk" });
  if (jwk.kty === "EC") return new Map([[1, 2], [3, -7], [-1, 1], [-2, bytes(jwk.x)], [-3, bytes(jwk.y)]]);
  if (jwk.kty === "OKP") return new Map([[1, 1], [3, -8], [-1, 6], [-2, bytes(jwk.x)]]);
  return new Map([[1, 3], [3, -257], [-1, bytes(jwk.n)], [-2, bytes(jwk.e)]]);
}

async function main() {
  const { leaf, key, origin } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const proof = leaf.passkey;
  const challenge = createHash("sha256").update("sluice/approval/v1\n" + canonical(proof.signed)).digest("base64url");
  const said = await verifyAuthenticationResponse({
    response: {
      id: proof.key, rawId: proof.key, type: "public-key", clientExtensionResults: {},
      response: { clientDataJSON: proof.client_data, authenticatorData: proof.authenticator_data, signature: proof.signature },
    },
    expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: key.rp_id, requireUserVerification: true,
    authenticator: { credentialID: bytes(proof.key), credentialPublicKey: isoCBOR.encode(cose(key.public_key)), counter: 0 },
  });
  console.log(JSON.stringify({ verified: said.verified, userVerified: said.authenticationInfo.userVerified,
    deviceType: said.authenticationInfo.credentialDeviceType }));
}

main().catch((why) => { console.log(JSON.stringify({ verified: false, why: String(why) })); });
