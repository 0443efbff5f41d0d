// A list of statements that one yes lets run, each in a block of its own: none can pretend to be two.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Block, Text } from "./text";
import type { Listed } from "./types";
import { count } from "./words";

export function Statements({
  list,
  long,
  onWhole,
}: {
  list: Listed[];
  long: number;
  onWhole: () => void;
}): JSX.Element {
  const unseen = useRef(new Set(list.flatMap((s, i) => (s.sql.length > long ? [i] : []))));
  const seen = (i: number): void => {
    unseen.current.delete(i);
    if (unseen.current.size === 0) onWhole();
  };
  const unclear = list.filter((s) => s.unclear !== undefined).length;
  return (
    <>
      <p>One yes lets all of these run, once, in this order and on one connection; whatever else comes ends it.</p>
      {unclear > 0 && <p class="warn">{count(unclear, "statement")} of it could not be understood.</p>}
      <ol class="statements">
        {list.map((s, i) => (
          <li key={i}>
            {s.unclear !== undefined && (
              <p class="warn">
                Not understood: <Text text={s.unclear} />.
              </p>
            )}
            <Block sql text={s.sql} label={`Statement ${i + 1} of ${list.length}`} onWhole={() => seen(i)} />
          </li>
        ))}
      </ol>
    </>
  );
}
