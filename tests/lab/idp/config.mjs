// What the provider is told about itself.
import { Provider } from "oidc-provider";

const SCOPES = ["openid", "profile", "email", "groups"];
const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];

function findAccount(world) {
  return async (_ctx, id) => {
    const user = Object.values(world.users).find((u) => u.sub === id);
    if (user === undefined || user.disabled) return undefined;
    return { accountId: id, claims: async () => claimsOf(user) };
  };
}

function claimsOf(user) {
  const { sub, name, email, groups, claims } = user;
  return { sub, name, email, email_verified: true, ...(groups === undefined ? {} : { groups }), ...claims };
}

// Nobody is asked whether this client may know their groups.
async function grantAll(ctx) {
  const grant = new ctx.oidc.provider.Grant({
    clientId: ctx.oidc.client.clientId,
    accountId: ctx.oidc.session.accountId,
  });
  grant.addOIDCScope(SCOPES.join(" "));
  await grant.save();
  return grant;
}

function resourceServer(world) {
  return (_ctx, resource) => {
    if (!world.resources.includes(resource)) throw new Error("no such resource");
    return {
      scope: "act",
      audience: resource,
      accessTokenTTL: world.token.ttl,
      accessTokenFormat: "jwt",
      jwt: { sign: { alg: world.token.alg } },
    };
  };
}

const page = (ctx, text, form) => {
  ctx.body = `<!doctype html><title>Device</title><h1>${text}</h1>${form}<script></script>`;
};

function features(world) {
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: resourceServer(world),
      defaultResource: () => undefined,
    },
    deviceFlow: {
      enabled: world.device,
      userCodeInputSource: (ctx, form, _out, why) =>
        page(ctx, why ? "This code is not known" : "Your code", `${form}<button type=submit form=op.deviceInputForm>Go on</button>`),
      userCodeConfirmSource: (ctx, form, client, _info, code) =>
        page(ctx, `${client.clientId} shows ${code}`,
          `${form}<button type=submit name=confirm value=yes form=op.deviceConfirmForm>Yes</button>
           <button type=submit name=abort value=yes form=op.deviceConfirmForm>No</button>`),
      successSource: (ctx) => page(ctx, "Signed in", ""),
    },
    rpInitiatedLogout: { enabled: false },
  };
}

// Tokens of programs carry what the client was registered with.
function extraTokenClaims(world) {
  return (_ctx, token) => {
    const more = world.programs?.[token.clientId];
    return token.kind === "ClientCredentials" ? more : undefined;
  };
}

// What only a provider that was taken over would send: another ID token in place of its own.
function betray(provider, world) {
  provider.use(async (ctx, next) => {
    await next();
    const { hostile, keysAgeS } = world.trouble;
    if (ctx.oidc?.route === "jwks" && keysAgeS !== undefined) ctx.set("Cache-Control", `max-age=${keysAgeS}`);
    if (hostile === null || ctx.oidc?.route !== "token" || ctx.body?.id_token === undefined) return;
    const mine = JSON.parse(Buffer.from(ctx.body.id_token.split(".")[1], "base64url"));
    ctx.body = { ...ctx.body, id_token: await world.signer.mint({ ...hostile, claims: { ...mine, ...hostile.claims } }) };
  });
}

export function makeProvider(world) {
  const provider = new Provider(world.issuer, {
    clients: world.clients,
    jwks: { keys: world.signer.published },
    findAccount: findAccount(world),
    loadExistingGrant: grantAll,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    claims: { openid: ["sub", "acr", "amr", "auth_time"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups", "hasgroups"] },
    scopes: SCOPES,
    acrValues: ["pwd", "mfa"],
    conformIdTokenClaims: false,
    cookies: { keys: ["for tests alone"] },
    enabledJWA: { idTokenSigningAlgValues: ALGORITHMS },
    extraTokenClaims: extraTokenClaims(world),
    features: features(world),
    pkce: { required: () => true },
    ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, DeviceCode: world.token.deviceTtl ?? 600, ClientCredentials: 300, Grant: 3600, Session: 3600, Interaction: 600 },
    responseTypes: ["code"],
    renderError: (ctx, out) => {
      ctx.body = `<!doctype html><title>Refused</title><h1>${out.error}</h1><p>${out.error_description ?? ""}</p>`;
    },
  });
  betray(provider, world);
  return provider;
}
