// What the pages that look back share: an answer that is asked for again when the question changes, and its fields.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "./api";
import { go, path, query } from "./nav";

export interface Answer<T> {
  value: T | null;
  problem: string;
  busy: boolean;
}

export const said = (why: unknown): string =>
  why instanceof Problem ? `${why.message} ${why.hint}`.trim() : why instanceof Error ? why.message : String(why);

/** The answer to `question`; an older one that comes late is dropped. */
export function useAnswer<T>(question: string, asks: () => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: null, problem: "", busy: true });
  useEffect(() => {
    let current = true;
    setAnswer((before) => ({ ...before, busy: true, problem: "" }));
    asks().then(
      (value) => current && setAnswer({ value, problem: "", busy: false }),
      (why: unknown) => current && setAnswer({ value: null, problem: said(why), busy: false }),
    );
    return () => {
      current = false;
    };
  }, [question]);
  return answer;
}

export function Trouble({ problem }: { problem: string }): JSX.Element | null {
  return problem === "" ? null : (
    <p class="warn" role="alert">
      {problem}
    </p>
  );
}

/** The words of the question in the address, without the empty ones. */
export const wordsHere = (): URLSearchParams => new URLSearchParams(query.value);

export function withWords(words: Record<string, string>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(words)) if (value.trim() !== "") out.set(name, value.trim());
  const text = out.toString();
  return text === "" ? "" : `?${text}`;
}

export const askAgain = (words: Record<string, string>): void => go(path.value + withWords(words));

interface FieldProps {
  name: string;
  title: string;
  value: string;
  hint?: string;
  options?: readonly (readonly [string, string])[];
}

/** One word of a question. What is typed stays until the address says something else, and the field keeps its focus. A
 * value that no option has (a link brought it) stays as one of its own. */
export function Field({ name, title, value, hint, options }: FieldProps): JSX.Element {
  const id = `field-${name}`;
  const known = options === undefined || options.some(([v]) => v === value);
  const input = useRef<HTMLInputElement>(null);
  const select = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (input.current !== null) input.current.value = value;
    if (select.current !== null) select.current.value = value;
  }, [value]);
  return (
    <div class="field">
      <label for={id}>{title}</label>
      {options === undefined ? (
        <input ref={input} id={id} name={name} placeholder={hint} autocomplete="off" spellcheck={false} />
      ) : (
        <select ref={select} id={id} name={name}>
          {!known && (
            <option key={value} value={value}>
              {value}
            </option>
          )}
          {options.map(([v, text]) => (
            <option key={v} value={v}>
              {text}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

/** The form itself: what is sent goes into the address, and the page asks by its address. */
export function Question({
  label,
  button,
  kept = {},
  children,
}: {
  label: string;
  button: string;
  kept?: Record<string, string>;
  children: ComponentChildren;
}): JSX.Element {
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const words: Record<string, string> = { ...kept };
    if (event.currentTarget instanceof HTMLFormElement)
      for (const [name, value] of new FormData(event.currentTarget)) if (typeof value === "string") words[name] = value;
    askAgain(words);
  };
  return (
    <form class="question" role="search" aria-label={label} onSubmit={onSubmit}>
      {children}
      <button type="submit">{button}</button>
    </form>
  );
}

export const SINCE = [
  ["1h", "the last hour"],
  ["24h", "the last day"],
  ["7d", "the last 7 days"],
  ["30d", "the last 30 days"],
  ["90d", "the last 90 days"],
] as const;
