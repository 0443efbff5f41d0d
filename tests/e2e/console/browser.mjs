// Chromium in front of the console, told what to do: a JSON line in ({"op", ...}), a JSON line out ({"said"} or
// {"failed"}). One page at a time; what the page complained about is kept. Arguments: the browser, flags of its own.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const PATIENCE_MS = 30_000;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox", ...process.argv.slice(3)] });
let context, page;
let complaints = [];
let tabs = [];
let saved = [];

async function open({ scheme = "light", width = 1280, height = 900, motion = "no-preference" }) {
  await context?.close();
  context = await browser.newContext({ colorScheme: scheme, viewport: { width, height }, reducedMotion: motion });
  context.setDefaultTimeout(PATIENCE_MS);
  complaints = [];
  tabs = [];
  saved = [];
  await tab({ number: 0 });
}

async function tab({ number, close = false }) {
  page = tabs[number] ??= await context.newPage();
  page.on("pageerror", (e) => complaints.push(String(e)));
  page.on("download", (d) => saved.push(d.path()));
  page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
  if (close) await page.close();
}

// A passkey in software, in the browser: "internal" (this device's own), "usb" (a security key). Where it is backed up
// it says so; a person who is not verified is one who cancels.
let debuggers = new Map();
async function debug() {
  if (!debuggers.has(page)) {
    const session = await context.newCDPSession(page);
    await session.send("WebAuthn.enable");
    debuggers.set(page, session);
  }
  return debuggers.get(page);
}

async function authenticator({ transport = "internal", synced = false }) {
  const { authenticatorId } = await (await debug()).send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  });
  return authenticatorId;
}

const verified = async ({ id, yes }) =>
  (await debug()).send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: yes }).then(() => null);
const unplug = async ({ id }) =>
  (await debug()).send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: id }).then(() => null);
const credentials = async ({ id }) =>
  (await (await debug()).send("WebAuthn.getCredentials", { authenticatorId: id })).credentials;
const plant = async ({ id, credential }) =>
  (await debug()).send("WebAuthn.addCredential", { authenticatorId: id, credential }).then(() => null);

// axe comes through the debugger, which the page's own policy does not stop and does not notice.
async function findViolations() {
  await page.evaluate(`${axe}; undefined`);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.target} ${n.html}`).join(" | ")}`);
}

// Somebody between the page and the gateway: one byte of an answer is another, or a text in it is.
async function tamper({ url, at = -1, find = "", put = "" }) {
  await page.route(new RegExp(url), async (route) => {
    const answer = await route.fetch();
    const body = Buffer.from(await answer.body());
    if (at >= 0) body[at] ^= 1;
    const text = find === "" ? body : Buffer.from(body.toString("utf8").replaceAll(find, put));
    await route.fulfill({ response: answer, body: text });
  });
}

const isGone = (why) => /context was destroyed|navigation|has been closed/i.test(String(why)); // it is another page by now
const pause = (js) => page.evaluate(js).catch((why) => isGone(why) || Promise.reject(why));

// What a person does next comes after they have seen what became of it: the page has changed.
async function changed(done) {
  await done;
  await pause(() => new Promise((go) => setTimeout(go)));
}

// Lines have no text before they are drawn for the first time (content-visibility).
async function drawn(read) {
  await pause(() => new Promise((go) => requestAnimationFrame(() => setTimeout(go))));
  return read();
}

const ops = {
  tamper,
  honest: () => page.unrouteAll({ behavior: "wait" }),
  open,
  tab,
  goto: ({ url }) => page.goto(url).then((r) => r?.status() ?? 0),
  text: ({ at }) => drawn(() => page.locator(at).first().innerText()),
  texts: ({ at }) => drawn(() => page.locator(at).allInnerTexts()),
  count: ({ at }) => page.locator(at).count(),
  attribute: ({ at, name }) => page.locator(at).first().getAttribute(name),
  wait: ({ at, state = "visible", ms = PATIENCE_MS }) => page.locator(at).first().waitFor({ state, timeout: ms }),
  click: ({ at }) => changed(page.locator(at).first().click()),
  fill: ({ at, text }) => changed(page.locator(at).first().fill(text)),
  press: ({ key }) => changed(page.keyboard.press(key)),
  type: ({ text }) => changed(page.keyboard.type(text)),
  size: ({ width, height }) => page.setViewportSize({ width, height }),
  scheme: ({ scheme }) => page.emulateMedia({ colorScheme: scheme }),
  eval: ({ js }) => page.evaluate(js),
  authenticator,
  verified,
  unplug,
  credentials,
  plant,
  url: () => page.url(),
  cookies: () => context.cookies(),
  axe: findViolations,
  shot: ({ path, whole = false }) => page.screenshot({ path, fullPage: whole }).then(() => null),
  saved: async () => (await Promise.all(saved.splice(0))).map((path) => readFileSync(path, "utf8")),
  complaints: () => complaints.splice(0),
  focused: () => page.evaluate(() => `${document.activeElement.tagName} ${document.activeElement.innerText ?? ""}`),
};

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const asked = JSON.parse(line);
  let out;
  try {
    out = { said: (await ops[asked.op](asked)) ?? null };
  } catch (why) {
    out = { failed: String(why) };
  }
  process.stdout.write(`${JSON.stringify(out)}\n`);
}
await browser.close();
