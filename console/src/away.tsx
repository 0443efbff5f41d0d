// That I am away, until when, and who decides in my place meanwhile: said of oneself alone.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ask, caller } from "./api";
import { Confirm } from "./confirm";
import { Link } from "./nav";
import { Button } from "./parts";
import { Text } from "./text";
import type { Caller } from "./types";

interface Said {
  away?: { says: string };
  approval?: string; // somebody else decides first whether that one may stand in
}

/** What the field shows is this browser's time; what is sent and confirmed says UTC. */
const inUtc = (local: string): string => (local === "" ? "" : `${new Date(local).toISOString().slice(0, 16)}Z`);

export function Away(): JSX.Element {
  const until = useSignal("");
  const who = useSignal("");
  const reason = useSignal("");
  const asked = useSignal<"" | "away" | "back">("");
  const held = useSignal("");
  const says = caller.value?.away?.says;
  const name = who.value.trim();
  const end = inUtc(until.value);
  const leaves = asked.value === "away";
  const say = async (): Promise<void> => {
    const body = { until: end, ...(name !== "" && { stand_in: name }), ...(reason.value !== "" && { reason: reason.value }) };
    const said = await ask<Said>(leaves ? "/v1/me/away" : "/v1/me/back", leaves ? body : {});
    held.value = said.approval ?? "";
    if (said.approval === undefined) caller.value = { ...(caller.value as Caller), away: said.away };
  };
  const field = (label: string, of: typeof who, type: string): JSX.Element => (
    <label>
      {label}
      <input type={type as "text"} value={of.value} onInput={(e) => (of.value = e.currentTarget.value)} autoComplete="off" />
    </label>
  );
  return (
    <section aria-label="Away">
      <h2>Away</h2>
      <p role="status">
        <Text text={says === undefined ? "You are not away." : `${says}.`} />
      </p>
      <div class="inline">
        {field("Away until", until, "datetime-local")}
        {field("Who stands in (may be empty)", who, "text")}
        {field("Reason (may be empty)", reason, "text")}
        <Button resting={end === ""} onClick={() => (asked.value = "away")}>
          I am away…
        </Button>
        {says !== undefined && <Button onClick={() => (asked.value = "back")}>I am back…</Button>}
      </div>
      {held.value !== "" && (
        <p class="warn" role="alert">
          Another person decides first whether {name} may stand in:{" "}
          <Link href={`/approvals/${held.value}`}>the request</Link>. When they have said yes, say the same again.
        </p>
      )}
      {asked.value !== "" && (
        <Confirm
          title={leaves ? `Be away until ${end}${name === "" ? "" : `, with ${name} standing in`}?` : "Be back?"}
          says={
            leaves
              ? `You are not waited for, and may still decide.${name === "" ? "" : ` ${name} decides by your right.`}`
              : "Nobody stands in for you any more. What they said yes to and has not run is taken back."
          }
          yes={leaves ? "Be away" : "Be back"}
          kind="yes"
          onYes={say}
          onClose={() => (asked.value = "")}
        />
      )}
    </section>
  );
}
