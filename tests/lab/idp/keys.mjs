// The provider's keys: one for each algorithm, replaced on command; and tokens that no provider would make.
import { SignJWT, exportJWK, generateKeyPair, importJWK } from "jose";

const KINDS = ["RS256", "ES256", "EdDSA"]; // the RSA key signs PS256, too

async function makeKeys(generation) {
  const made = KINDS.map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(privateKey)), kid: `${alg.toLowerCase()}-${generation}`, use: "sig" };
  });
  return Promise.all(made);
}

const TYPES = { RS256: "RSA", PS256: "RSA", ES256: "EC", EdDSA: "OKP" };

export class Signer {
  static async make() {
    const out = new Signer();
    out.generation = 1;
    out.own = await makeKeys(1);
    out.published = out.own;
    out.other = await makeKeys(1); // a stranger's, under the same names
    return out;
  }

  async rotate(keep) {
    this.gone = this.own;
    this.own = await makeKeys((this.generation += 1));
    this.published = keep ? [...this.own, ...this.gone] : this.own;
  }

  async mint({ claims, header = {}, key = "own", alg = "RS256" }) {
    if (alg === "none") return this.bare(claims, header);
    if (alg === "HS256") return this.confused(claims, header);
    const jwk = this[key].find((k) => k.kty === TYPES[alg]);
    return new SignJWT(claims)
      .setProtectedHeader({ alg, kid: jwk.kid, ...header })
      .sign(await importJWK(jwk, alg), header.crit ? { crit: Object.fromEntries(header.crit.map((c) => [c, true])) } : {});
  }

  bare(claims, header) {
    const part = (x) => Buffer.from(JSON.stringify(x)).toString("base64url");
    return `${part({ alg: "none", typ: "JWT", ...header })}.${part(claims)}.`;
  }

  // the public key, which everybody has, as the secret of a MAC
  confused(claims, header) {
    const rsa = this.own.find((k) => k.kty === "RSA");
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: rsa.kid, ...header })
      .sign(new TextEncoder().encode(JSON.stringify({ kty: rsa.kty, n: rsa.n, e: rsa.e })));
  }
}
