// What a stranger wrote, shown so that it cannot pretend: always as text, in its logical order, and with every
// character that would be invisible or would move others named.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { tokens } from "./lex";
import { count } from "./words";

const ODD = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\p{M}{3,}|[\u115F\u1160\u3164\uFFA0\u2800]/gu;
const PLAIN_IN_BLOCK = new Set(["\n"]);
const PIECE = 100_000;

const named = (text: string): string =>
  [...text].map((c) => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`).join(" ");

function Odd({ text }: { text: string }): JSX.Element {
  const shown = text === "\t" ? "⇥" : named(text);
  return (
    <span class="odd" title={`an invisible or moving character: ${named(text)}`}>
      {shown}
    </span>
  );
}

/** The pieces of a text; lines break only in a block. */
export function pieces(text: string, block: boolean): (string | JSX.Element)[] {
  const out: (string | JSX.Element)[] = [];
  let at = 0;
  for (const match of text.matchAll(ODD)) {
    if (block && PLAIN_IN_BLOCK.has(match[0])) continue;
    if (match.index > at) out.push(text.slice(at, match.index));
    out.push(<Odd key={match.index} text={match[0]} />);
    at = match.index + match[0].length;
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
}

export const Text = ({ text }: { text: string }): JSX.Element => <span class="said">{pieces(text, false)}</span>;

/** A short text of several lines. */
export const Lines = ({ text }: { text: string }): JSX.Element => <p class="said lines-of">{pieces(text, true)}</p>;

/** The beginning of a long text on one line; that there is more is said. */
export function Head({ text, max }: { text: string; max: number }): JSX.Element {
  const chars = [...text];
  if (chars.length <= max) return <Text text={text} />;
  return (
    <>
      <Text text={chars.slice(0, max).join("")} />{" "}
      <span class="more">… {count(chars.length - max, "more character")}</span>
    </>
  );
}

export function oddCount(text: string): number {
  return [...text.matchAll(ODD)].filter((m) => !PLAIN_IN_BLOCK.has(m[0]) && m[0] !== "\t").length;
}

/** The same where only text can stand, as in a drawing. */
export const plain = (text: string): string => text.replace(ODD, (odd) => `‹${named(odd)}›`);

/** SQL in colours: each piece is text like any other. */
function coloured(sql: string): JSX.Element[] {
  return tokens(sql).map((t, i) => (
    <span key={i} class={`sql-${t.kind}`}>
      {pieces(t.text, true)}
    </span>
  ));
}

/** A whole text. A very long one comes in pieces, and says so until the last one is there. */
export function Block({
  text,
  label,
  sql,
  onWhole,
}: {
  text: string;
  label: string;
  sql: boolean;
  onWhole?: () => void;
}): JSX.Element {
  const [shown, setShown] = useState(PIECE);
  const rest = text.length - shown;
  const more = (): void => {
    setShown(shown + PIECE);
    if (shown + PIECE >= text.length) onWhole?.();
  };
  return (
    <>
      <pre class="exact" tabIndex={0} role="region" aria-label={label}>
        {sql ? coloured(text.slice(0, shown)) : pieces(text.slice(0, shown), true)}
      </pre>
      {rest > 0 && (
        <p class="warn" role="alert">
          {count(rest, "character")} of it are not shown yet.{" "}
          <button type="button" onClick={more}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const TEXTUAL = new Set([18, 19, 25, 114, 142, 705, 1042, 1043]);

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

export const hex = (bytes: Uint8Array): string =>
  `\\x${[...bytes].map((b) => b.toString(16).padStart(2, "0")).join("")}`;

/** A bind value as its bytes say it: text where it is text, else hexadecimal. */
export function bindText(type: number, format: number, base64: string): string {
  const bytes = bytesOf(base64);
  if (format !== 0 && !TEXTUAL.has(type)) return hex(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    return hex(bytes);
  }
}

/** SQL that is not valid UTF-8: what is not text stands as \xNN. */
export function looseText(base64: string): string {
  const bytes = bytesOf(base64);
  return [...bytes].map((b) => (b < 0x80 ? String.fromCharCode(b) : `\\x${b.toString(16)}`)).join("");
}
