// SQL cut into coloured pieces. It judges nothing: it only says where a piece begins and ends, and together the pieces
// are the text, character for character, whatever the text is. What it does not know is plain.

export type Kind = "word" | "keyword" | "string" | "number" | "comment" | "name" | "value" | "plain";

export interface Token {
  kind: Kind;
  text: string;
}

const KEYWORDS = new Set(
  `abort add all alter analyze and any as asc begin between by call cascade case cast check close cluster collate column
commit concurrently conflict constraint copy create cross cube current cursor database deallocate declare default deferrable
delete desc disable discard distinct do domain drop each else enable end escape except exclude execute exists explain
extension external false fetch filter for force foreign format freeze from full function grant group grouping having if
ilike import in index inherit inherits initially inner insert instead intersect into is isolation join key language lateral
leading left like limit listen load local lock locked login materialized merge move natural no not nothing notify null nulls
of off offset on only option or order ordinality out outer over overriding owned owner partition password policy prepare
primary privileges procedural procedure program publication reassign recursive references refresh reindex release
rename replace replica reset restart restrict returning revoke right role rollback rollup row rows rule savepoint schema
security select sequence serializable server session set sets show skip some statement stdin stdout storage subscription
superuser symmetric table tablesample tablespace temp temporary then to trailing transaction trigger true truncate trusted
type unbounded union unique unlisten unlogged until update user using vacuum valid validate values view volatile when where
window with within without work`.split(/\s+/),
);

const PATTERNS: readonly [Kind, RegExp][] = [
  ["plain", /\s+/y],
  ["comment", /--[^\n\r]*/y],
  ["string", /(?:[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|\\?$)|(?:[uU]&|[bBxXnN])?'(?:[^']|'')*(?:'|$))/y],
  ["name", /(?:[uU]&)?"(?:[^"]|"")*(?:"|$)/y],
  ["value", /\$\d+/y],
  ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["word", /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ["plain", /[^\s'"$\w.\u0080-\uffff/-]+/y],
];

/** PostgreSQL's comments nest; one that does not end goes to the end. */
function commentEnd(sql: string, at: number): number {
  let depth = 0;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  for (let m = mark.exec(sql); m !== null; m = mark.exec(sql)) {
    depth += m[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

/** $tag$ ... $tag$, to the end where it does not end; -1: none begins here. */
function dollarEnd(sql: string, at: number): number {
  const tag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
  tag.lastIndex = at;
  const found = tag.exec(sql)?.[0];
  if (found === undefined) return -1;
  const end = sql.indexOf(found, at + found.length);
  return end < 0 ? sql.length : end + found.length;
}

function next(sql: string, at: number): { kind: Kind; end: number } {
  if (sql.startsWith("/*", at)) return { kind: "comment", end: commentEnd(sql, at) };
  const dollar = sql[at] === "$" ? dollarEnd(sql, at) : -1;
  if (dollar > at) return { kind: "string", end: dollar };
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const found = pattern.exec(sql)?.[0];
    if (found === undefined || found === "") continue;
    const isKeyword = kind === "word" && KEYWORDS.has(found.toLowerCase());
    return { kind: isKeyword ? "keyword" : kind, end: at + found.length };
  }
  return { kind: "plain", end: at + 1 };
}

/** The pieces, in order; neighbours without a colour are one. */
export function tokens(sql: string): Token[] {
  const out: Token[] = [];
  const isBare = (kind: Kind): boolean => kind === "plain" || kind === "word";
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = next(sql, at);
    const text = sql.slice(at, end);
    const last = out[out.length - 1];
    if (last !== undefined && isBare(last.kind) && isBare(kind)) last.text += text;
    else out.push({ kind: isBare(kind) ? "plain" : kind, text });
    at = end;
  }
  return out;
}
