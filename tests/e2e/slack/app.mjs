// A small app for decisions, made of the unmodified @slack/bolt: node app.mjs with its settings as the first line of
// standard input ({"mode": "socket" | "http", "api", "bot_token", "app_token", "signing_secret", "port", "slow_ms"}), then a call
// a line ({"method", ...args}). Lines out: {"ready"}, {"heard": what, ...}, {"said"} or {"failed"} for each call.
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import bolt from "@slack/bolt";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const settings = JSON.parse((await lines.next()).value);
const quiet = { debug() {}, info() {}, warn() {}, error: (...m) => tell({ heard: "error", text: m.join(" ") }), setLevel() {}, getLevel: () => "error", setName() {} };
const clientOptions = { slackApiUrl: settings.api, retryConfig: { retries: 3, minTimeout: 100 } };
const common = { token: settings.bot_token, clientOptions, logger: quiet };

const app = settings.mode === "socket"
  ? new bolt.App({ ...common, appToken: settings.app_token, socketMode: true })
  : new bolt.App({ ...common, signingSecret: settings.signing_secret });

const modal = (metadata) => ({
  type: "modal", callback_id: "decide", private_metadata: JSON.stringify(metadata), notify_on_close: true,
  title: { type: "plain_text", text: "Approve" }, submit: { type: "plain_text", text: "Approve" }, close: { type: "plain_text", text: "Back" },
  blocks: [{ type: "input", block_id: "why", label: { type: "plain_text", text: "Reason" }, element: { type: "plain_text_input", action_id: "reason", multiline: true } }],
});

app.action("approve", async ({ ack, body, action, client }) => {
  await pause(settings.slow_ms ?? 0);
  await ack();
  tell({ heard: "block_actions", user: body.user, team: body.team, value: action.value, ts: body.container.message_ts, trigger: body.trigger_id });
  if (settings.open === false) return;
  const { view } = await client.views.open({ trigger_id: body.trigger_id, view: modal({ channel: body.channel.id, ts: body.container.message_ts, value: action.value }) });
  tell({ heard: "opened", id: view.id });
});

app.view("decide", async ({ ack, body, view, client }) => {
  const { reason } = view.state.values.why;
  tell({ heard: "view_submission", user: body.user, value: reason.value });
  if (reason.value.length < 5) return ack({ response_action: "errors", errors: { why: "Say more" } });
  await ack();
  const { channel, ts } = JSON.parse(view.private_metadata);
  await client.chat.update({ channel, ts, text: `approved by ${body.user.name}`, blocks: [{ type: "section", text: { type: "plain_text", text: `approved: ${reason.value}` } }] });
});

app.view({ callback_id: "decide", type: "view_closed" }, async ({ ack, body }) => {
  await ack();
  tell({ heard: "view_closed", user: body.user });
});

// What is asked elsewhere about: it is taken, and nothing more.
app.action(/^sluice\./, async ({ ack }) => ack());
app.view("sluice.decide", async ({ ack }) => ack());

app.event("app_mention", async ({ event }) => tell({ heard: "app_mention", text: event.text }));
app.command("/sluice", async ({ ack, command }) => {
  tell({ heard: "command", text: command.text, user: command.user_id });
  await ack({ response_type: "ephemeral", text: "nothing waits" });
});
app.error(async (why) => tell({ heard: "error", text: String(why.message) }));

await (settings.mode === "socket" ? app.start() : app.start({ port: settings.port, host: "127.0.0.1" }));
tell({ ready: true });
for await (const line of lines) {
  const { method, ...args } = JSON.parse(line);
  try {
    tell({ said: await app.client.apiCall(method, args) });
  } catch (why) {
    tell({ failed: why.data?.error ?? why.code ?? String(why) });
  }
}
process.exit(0);
