// The two pieces of the console that work on strangers' texts without a page: nothing may be lost or moved.
// Run by script/console, on what the compiler makes of src/lex.ts and src/diff.ts.
import assert from "node:assert/strict";
import { tokens } from "../pure/lex.js";
import { diff } from "../pure/diff.js";

const ALPHABET = ["'", '"', "$", "$$", "$a$", "/*", "*/", "--", "\n", "\\", "E'", "U&'", "select", "x", "1", "1.5e", ".", " ", "\u202e",
  "\u0301\u0301\u0301", "😀", "\ud83d", ";", "(", "é", "_", "%", "/", "-", "\0"];

let seed = 42;
const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
const made = (n) => Array.from({ length: n }, () => ALPHABET[random(ALPHABET.length)]).join("");

const kinds = (sql) => tokens(sql).filter((t) => t.kind !== "plain").map((t) => `${t.kind}:${t.text}`);

const EXAMPLES = [
  ["select 'it''s' from t", ["keyword:select", "string:'it''s'", "keyword:from"]],
  ["e'a\\'b' x", ["string:e'a\\'b'"]],
  ["'a\\' x", ["string:'a\\'"]],
  ["$x$ ' -- $y$ $x$ 1", ["string:$x$ ' -- $y$ $x$", "number:1"]],
  ["/* a /* b */ c */ delete", ["comment:/* a /* b */ c */", "keyword:delete"]],
  ["-- drop\ndrop", ["comment:-- drop", "keyword:drop"]],
  ['"a""b" = $1', ['name:"a""b"', "value:$1"]],
  ["a$1$2", []],
  ["'never ends", ["string:'never ends"]],
  ["/* never ends", ["comment:/* never ends"]],
  ["U&'\\0061' B'01'", ["string:U&'\\0061'", "string:B'01'"]],
];

for (const [sql, want] of EXAMPLES) assert.deepEqual(kinds(sql), want, sql);

for (let round = 0; round < 20_000; round++) {
  const sql = made(random(30));
  const all = tokens(sql);
  assert.equal(all.map((t) => t.text).join(""), sql, JSON.stringify(sql));
  assert.ok(all.every((t) => t.text !== ""));
}

const side = (parts, not) => parts.filter((p) => p.kind !== not).map((p) => p.text).join("");
for (let round = 0; round < 3_000; round++) {
  const [a, b] = [made(random(25)), made(random(25))];
  const parts = diff(a, b);
  assert.equal(side(parts, "new"), a);
  assert.equal(side(parts, "gone"), b);
}
assert.deepEqual(diff("where id = 1", "where id = 2"), [
  { kind: "same", text: "where id = " },
  { kind: "gone", text: "1" },
  { kind: "new", text: "2" },
]);
const long = "word ".repeat(40_000);
const parts = diff(`a ${long}`, `b ${long.replaceAll("word", "other")}`);
assert.equal(side(parts, "gone"), `b ${long.replaceAll("word", "other")}`);
// Work, not waiting: a busy machine slows the clock; one look back for each mark would cost minutes.
const { user } = process.cpuUsage();
tokens("/*".repeat(250_000));
tokens("$a$".repeat(150_000));
tokens("'".repeat(500_001));
tokens("$".repeat(500_000));
const spent = process.cpuUsage().user - user; // microseconds
assert.ok(spent < 2e6, `half a megabyte of one mark takes ${spent / 1e6} s of CPU`);
console.log("the lexer and the differ lose nothing");
