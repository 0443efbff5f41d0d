// The question before anything counts. It names verb and target; nothing in it has the focus that a single key
// could confirm, and its buttons rest for a moment.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { told } from "./api";
import { Button, useRest } from "./parts";
import { Text } from "./text";

interface ConfirmProps {
  title: string;
  says: string;
  yes: string;
  kind: "yes" | "no";
  children?: ComponentChildren;
  onYes: () => Promise<void>;
  onClose: () => void;
}

export function toWhatBecameOfIt(): void {
  (document.getElementById("outcome") ?? document.querySelector<HTMLElement>("main h1"))?.focus();
}

/** When the button that asked is gone with what it was for, the focus goes to what became of it: at once, or when the
 * stream tells of it and the page is drawn anew; not when somebody has gone on meanwhile. */
function keepAPlace(): void {
  const look = (): void => void (document.activeElement === document.body && toWhatBecameOfIt());
  const redraws = new MutationObserver(look);
  const own = new AbortController();
  const stop = (): void => {
    redraws.disconnect();
    own.abort();
  };
  for (const act of ["keydown", "pointerdown"]) addEventListener(act, stop, { capture: true, signal: own.signal });
  redraws.observe(document.body, { childList: true, subtree: true });
  setTimeout(look);
  setTimeout(stop, 2000);
}

export function Confirm({ title, says, yes, kind, children, onYes, onClose }: ConfirmProps): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const resting = useRest(title);
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
      keepAPlace();
    };
  }, []);
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem("");
    try {
      await onYes();
      onClose();
    } catch (why) {
      setProblem(told(why));
      setBusy(false);
    }
  };
  return (
    <dialog ref={ref} aria-labelledby="confirm-title" onCancel={onClose}>
      <h2 id="confirm-title" ref={heading} tabIndex={-1}>
        <Text text={title} />
      </h2>
      <p>
        <Text text={says} />
      </p>
      {children}
      {problem !== "" && (
        <p class="warn" role="alert">
          <Text text={problem} />
        </p>
      )}
      <div class="buttons">
        <Button onClick={onClose}>Back</Button>
        <Button kind={kind} resting={resting || busy} onClick={() => void run()}>
          {yes}
        </Button>
      </div>
    </dialog>
  );
}
