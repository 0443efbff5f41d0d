// What a page asks once, and again when it is told to.
import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { Problem } from "./api";
import { Button } from "./parts";
import { Text } from "./text";

export interface Fetched<T> {
  value: T | null;
  problem: string;
  again: () => Promise<void>;
}

export const sayProblem = (why: unknown): string =>
  why instanceof Problem ? `${why.message} ${why.hint}`.trim() : why instanceof Error ? why.message : String(why);

/** `fetch` must stay the same function; what comes after the page was left is dropped. */
export function useFetched<T>(fetch: () => Promise<T>): Fetched<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState("");
  const again = useCallback(async () => {
    try {
      setValue(await fetch());
      setProblem("");
    } catch (why) {
      setProblem(sayProblem(why));
    }
  }, [fetch]);
  useEffect(() => void again(), [again]);
  return { value, problem, again };
}

export function Asking({ of }: { of: Fetched<unknown> }): JSX.Element | null {
  if (of.problem !== "")
    return (
      <>
        <p class="warn" role="alert">
          <Text text={of.problem} />
        </p>
        <Button onClick={() => void of.again()}>Try again</Button>
      </>
    );
  return of.value === null ? <p>Asking the gateway…</p> : null;
}
