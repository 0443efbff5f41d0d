// What a reviewer asks whoever wants it, and the answer; on every copy of the page, live.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { act, told } from "./api";
import { Button } from "./parts";
import { put } from "./store";
import { Lines, Text } from "./text";
import type { Approval, Message } from "./types";
import { count, time } from "./words";

const MOST_BYTES = 1000;
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

function One({ m }: { m: Message }): JSX.Element {
  return (
    <li class={m.kind}>
      <p class="meta">
        <strong>
          <Text text={m.identity} />
        </strong>{" "}
        {m.kind === "question" ? "asks" : "answers"}, {time(m.at)}
      </p>
      <Lines text={m.text} />
    </li>
  );
}

function Say({ a, kind }: { a: Approval; kind: "question" | "answer" }): JSX.Element {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const over = bytesOf(text) - MOST_BYTES;
  const send = async (): Promise<void> => {
    setBusy(true);
    setProblem("");
    try {
      put([await act(a.id, kind, { text: text.trim() })]);
      setText("");
    } catch (why) {
      setProblem(told(why));
    }
    setBusy(false);
  };
  const label = kind === "question" ? "Ask who wants it, and their owner" : "Your answer";
  return (
    <>
      <label>
        {label}
        <textarea rows={2} value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <p class="warn" role="status">
        {over > 0 ? `${count(over, "byte")} too long.` : problem}
      </p>
      <Button id={kind} resting={busy || over > 0 || text.trim() === ""} onClick={() => void send()}>
        {kind === "question" ? "Ask" : "Answer"}
      </Button>
    </>
  );
}

export function Talk({ a }: { a: Approval }): JSX.Element | null {
  const said = a.messages ?? [];
  if (said.length === 0 && a.may_ask !== true) return null;
  return (
    <section aria-label="Questions and answers">
      <h2>Questions and answers</h2>
      {said.length > 0 && (
        <ol class="talk" aria-live="polite">
          {said.map((m) => (
            <One key={m.at} m={m} />
          ))}
        </ol>
      )}
      {a.may_ask === true && (
        <details open={said.length > 0}>
          <summary>Ask a question before you decide</summary>
          <p class="hint">
            A client that waits shows it at once. Nothing is decided by it.
          </p>
          <Say a={a} kind="question" />
        </details>
      )}
      {a.may_answer === true && <Say a={a} kind="answer" />}
    </section>
  );
}
