// A bot by Microsoft's own SDK (botbuilder), as far as its configuration lets it be pointed at our Bot Framework:
// issuer, metadata, scope and login address are settings; only how it gets its own token is a class of ours, since the
// SDK's (MSAL) wants https. argv[2]: {"base","app","tenant","secret","port","card"}; prints "ready", then a line of
// JSON for each thing that happened to it.
import { webcrypto } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";

globalThis.crypto ??= webcrypto; // Debian 12's Node has it, but not there
const require = createRequire(import.meta.url);
const { CardFactory, CloudAdapter, MessageFactory, TeamsActivityHandler, TeamsInfo, TurnContext } = require("botbuilder");
const { AppCredentials, AuthenticationConfiguration, BotFrameworkAuthenticationFactory } = require("botframework-connector");

const us = JSON.parse(process.argv[2]);
const SCOPE = "https://api.botframework.com/.default";
const say = (what) => console.log(JSON.stringify(what));

class OurCredentials extends AppCredentials {
  async refreshToken() {
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: us.app, client_secret: us.secret, scope: SCOPE });
    const answer = await fetch(`${us.base}${us.tenant}/oauth2/v2.0/token`, { method: "POST", body });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error);
    return { accessToken: said.access_token, expiresOn: new Date(Date.now() + 1000 * said.expires_in) };
  }
}
const credentials = {
  isValidAppId: async (app) => app === us.app,
  isAuthenticationDisabled: async () => false,
  createCredentials: async (app) => new OurCredentials(app, us.tenant, SCOPE),
};
const adapter = new CloudAdapter(
  BotFrameworkAuthenticationFactory.create("", true, `${us.base}${us.tenant}`, SCOPE, "https://api.botframework.com", us.base,
    `${us.base}v1/.well-known/openidconfiguration`, `${us.base}v1/.well-known/openidconfiguration`, "", credentials,
    new AuthenticationConfiguration()));
adapter.onTurnError = async (_context, why) => say({ failed: String(why) });

class Bot extends TeamsActivityHandler {
  constructor() {
    super();
    this.onMembersAdded(async (context, next) => {
      const sent = await context.sendActivity({ attachments: [CardFactory.adaptiveCard(us.card)] });
      say({ welcomed: sent.id });
      await next();
    });
    this.onMessage(async (context, next) => {
      const { activity } = context;
      const done = { ...MessageFactory.text("done by submit"), id: activity.replyToId };
      await context.updateActivity(done);
      say({ submitted: activity.value, by: activity.from.aadObjectId });
      await next();
    });
  }

  async onAdaptiveCardInvoke(context, value) {
    const { activity } = context;
    const member = await TeamsInfo.getMember(context, activity.from.id);
    say({ executed: value.action, by: activity.from.aadObjectId, role: member.userRole, upn: member.userPrincipalName, tenant: member.tenantId });
    await this.writeTo(context, member);
    return { statusCode: 200, type: "application/vnd.microsoft.activity.message", value: "done by execute" };
  }

  // a conversation of two, through the SDK
  async writeTo(context, member) {
    const { activity } = context;
    const parameters = { isGroup: false, bot: activity.recipient, members: [member], tenantId: us.tenant, channelData: { tenant: { id: us.tenant } } };
    await adapter.createConversationAsync(us.app, "msteams", activity.serviceUrl, SCOPE, parameters, async (theirs) => {
      const reference = TurnContext.getConversationReference(theirs.activity);
      await adapter.continueConversationAsync(us.app, reference, (c) => c.sendActivity("you decided"));
    });
  }
}
const bot = new Bot();

// what a web framework would do for the SDK
async function serve(request, response) {
  const chunks = [];
  for await (const c of request) chunks.push(c);
  request.body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  await adapter.process(request, {
    socket: response.socket,
    header: (name, value) => response.setHeader(name, value),
    status: (status) => (response.statusCode = status),
    send: (body) => response.write(typeof body === "string" ? body : JSON.stringify(body)),
    end: () => response.end(),
  }, (context) => bot.run(context));
}

createServer((q, a) => serve(q, a).catch((why) => a.destroy(why))).listen(us.port, "127.0.0.1", () => say("ready"));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
