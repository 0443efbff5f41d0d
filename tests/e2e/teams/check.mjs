// What Microsoft's own libraries make of our messages. Lines of emit_teams come in, one line of JSON goes out:
//   {"checked":N,"deciding":N,"answering":N,"typed":N,"wrong":["line 7: ..."]}
// adaptivecards parses, validates and renders each card as its version 1.5; what is shown is read back out of the
// rendered page, with a Markdown processor that would turn a stranger's text into elements if it got any.
// @microsoft/teams.cards types as many cards as `argv[2]` says.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import MarkdownIt from "markdown-it";
import ts from "typescript";
import { createRequire } from "node:module";

const AC = createRequire(import.meta.url)("adaptivecards/dist/adaptivecards.js"); // its other form is for bundlers

const MOST = 28000; // octets of UTF-16
const dom = new JSDOM("<!doctype html>");
globalThis.window = dom.window;
for (const name of Object.getOwnPropertyNames(dom.window)) if (/^(document|Node|HTML\w*Element)$/.test(name)) globalThis[name] = dom.window[name];
Object.defineProperty(dom.window.HTMLElement.prototype, "innerText", {
  get() { return this.textContent; },
  set(text) { this.textContent = text; },
});
const markdown = new MarkdownIt();
AC.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

const ours = new Set(["DIV", "SPAN", "P", "BUTTON", "TEXTAREA", "INPUT", "LABEL", "STRONG"]);
const wrong = [];
let deciding = 0, answering = 0;

function cardOf({ kind, message }) {
  if (kind !== "invoke") return message.attachments[0].content;
  if (message.statusCode !== 200 || message.type !== "application/vnd.microsoft.card.adaptive") throw new Error("not an answer");
  return message.value;
}

function parsed(json) {
  const card = new AC.AdaptiveCard();
  const context = new AC.SerializationContext(AC.Versions.v1_5);
  card.parse(json, context);
  const said = [];
  for (let i = 0; i < context.eventCount; i++) said.push(context.getEventAt(i).message);
  said.push(...card.validateProperties().validationEvents.map((e) => e.message));
  if (said.length > 0) throw new Error(said.slice(0, 3).join("; "));
  if (card.version.toString() !== "1.5") throw new Error(`version ${card.version}`);
  return card;
}

// What a person sees of the monospaced lines.
function shown(page) {
  const lines = [...page.querySelectorAll(".ac-richTextBlock")].map((block) => [...block.querySelectorAll(".ac-textRun")]);
  return lines
    .filter((runs) => runs.some((r) => r.style.fontFamily.includes("Courier")))
    .map((runs) => runs.filter((r) => r.style.fontFamily.includes("Courier")).map((r) => r.textContent).join(""));
}

// What the card makes of blanks that a client could fold, and of tabs (docs/teams.md).
function unfolded(line) {
  let blank = true, out = "";
  for (const c of line) {
    out += c === "\t" ? "\u27e8U+0009\u27e9" : c === " " && blank ? "\u00a0" : c;
    blank = c === " ";
  }
  return out || " ";
}

function checkRendered(card, { decides, statement }) {
  const page = card.render();
  if (page === undefined) throw new Error("it does not render");
  for (const element of page.querySelectorAll("*")) if (!ours.has(element.tagName)) throw new Error(`a ${element.tagName} in it`);
  const strong = [...page.querySelectorAll("strong")].map((e) => e.textContent);
  if (strong.some((t) => t !== "nobody has answered yet")) throw new Error(`Markdown of a stranger: ${strong}`);
  const want = statement.split("\n").map(unfolded);
  if (decides && statement !== "" && JSON.stringify(shown(page)) !== JSON.stringify(want))
    throw new Error(`shown ${JSON.stringify(shown(page)).slice(0, 300)}, not ${JSON.stringify(want).slice(0, 300)}`);
}

function checkActions(card, { decides, kind }) {
  const types = Array.from({ length: card.getActionCount() }, (_, i) => card.getActionAt(i).getJsonTypeName());
  const executes = types.filter((t) => t === "Action.Execute").length;
  const inputs = card.getAllInputs().length;
  if (decides !== (inputs === 1) || (decides && executes !== (kind === "question" ? 1 : 3))) throw new Error(`decides: ${decides}, but ${types}, ${inputs} inputs`);
  if ((kind === "workflow" || kind === "group" || (kind === "question" && !decides)) && executes > 0) throw new Error(`${kind} has ${types}`);
  if (types.some((t) => t !== "Action.Execute" && t !== "Action.OpenUrl")) throw new Error(`${types}`);
}

function check(line) {
  const json = cardOf(line);
  if (line.kind !== "invoke" && 2 * JSON.stringify(line.message).length > MOST) throw new Error("too large");
  const card = parsed(json);
  checkActions(card, line);
  checkRendered(card, line);
  if (line.kind === "question") answering += line.decides;
  else deciding += line.decides;
}

// Each card as a literal of the official type: excess and missing members, and words that are not theirs, are errors.
function typed(cards) {
  const source = [
    'import type { IAdaptiveCard } from "@microsoft/teams.cards";',
    "export const cards: IAdaptiveCard[] = [];",
    ...cards.map((c) => `cards.push(${JSON.stringify(c)});`),
  ].join("\n");
  const options = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16, types: [] };
  const name = `${process.cwd()}/typed.mts`;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (f, ...more) => (f === name ? ts.createSourceFile(f, source, ts.ScriptTarget.ES2022) : getSourceFile.call(host, f, ...more));
  host.fileExists = (f) => f === name || fileExists.call(host, f);
  host.readFile = (f) => (f === name ? source : readFile.call(host, f));
  for (const d of ts.getPreEmitDiagnostics(ts.createProgram([name], options, host)))
    wrong.push(`types: ${ts.flattenDiagnosticMessageText(d.messageText, " ").slice(0, 600)}`);
  return cards.length;
}

const lines = readFileSync(0, "utf8").trim().split("\n").map((l) => JSON.parse(l));
lines.forEach((line, i) => {
  try {
    check(line);
  } catch (why) {
    wrong.push(`line ${i + 1} (${line.kind}): ${why.message}`);
  }
});
const most = Number(process.argv[2] ?? 60);
const step = Math.max(1, Math.floor(lines.length / most));
const chosen = lines.filter((l, i) => l.decides || i % step === 0).slice(0, most + deciding + answering);
const count = typed(chosen.map(cardOf));
console.log(JSON.stringify({ checked: lines.length, deciding, answering, typed: count, wrong: wrong.slice(0, 20) }));
