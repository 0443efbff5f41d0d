// Yes or no, with a reason; both buttons are alike but for their colour. What is sent is the digest of what stood on
// the page when the question was opened.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { act } from "./api";
import { Confirm, toWhatBecameOfIt } from "./confirm";
import { Button, useRest } from "./parts";
import { put } from "./store";
import { Text } from "./text";
import type { Approval } from "./types";
import { type Decision, signDecision } from "./webauthn";
import { contentOf, count, isRunning, sentence, verb } from "./words";

type Doing = "approve" | "deny" | "break-glass" | "revoke" | "stop" | "cancel";

const TITLES: Record<Doing, string> = {
  approve: "Approve",
  deny: "Deny",
  "break-glass": "Release alone",
  revoke: "Take back",
  stop: "Stop",
  cancel: "Cancel",
};

interface Asked {
  doing: Doing;
  shown: Approval;
}

function body(asked: Asked, reason: string, rows: string): object {
  if (isVote(asked.doing))
    return {
      decision: asked.doing,
      digest: asked.shown.digest,
      reason,
      ...(asked.doing === "approve" && rows !== "" ? { rows: Number(rows) } : {}),
    };
  return reason === "" ? {} : { reason };
}

const isVote = (doing: Doing): boolean => doing === "approve" || doing === "deny" || doing === "break-glass";

const endpoint = (doing: Doing): string => (isVote(doing) ? "decision" : doing);

/** Where the tier takes no less, or its person wants it, a passkey signs exactly what is sent. */
async function signed(asked: Asked, said: object, wanted: boolean): Promise<object> {
  const needs = asked.shown.proof === "passkey" || wanted;
  return isVote(asked.doing) && needs ? signDecision(asked.shown.id, said as Decision) : said;
}

function Proof({ a, wanted, set }: { a: Approval; wanted: boolean; set: (on: boolean) => void }): JSX.Element {
  if (a.proof === "passkey")
    return (
      <p>
        Your passkey{a.keys === "device-bound" ? ", one that cannot leave its device," : ""} signs this decision.
      </p>
    );
  return (
    <label class="check">
      <input type="checkbox" id="sign" checked={wanted} onChange={(e) => set(e.currentTarget.checked)} /> Sign it with a
      passkey, though nothing asks for that
    </label>
  );
}

/** What could be done with it now, by this person. */
function possible(a: Approval): Doing[] {
  const reviewer = a.may_not_reason === "NOT_PENDING" && !a.mine;
  if (a.state === "pending")
    return [
      ...(a.may_decide ? (["deny", "approve"] as Doing[]) : []),
      ...(a.may_break_glass === true ? (["break-glass"] as Doing[]) : []),
      ...(a.mine ? (["cancel"] as Doing[]) : []),
    ];
  if (a.state === "approved" && (a.mine || reviewer)) return a.envelope === undefined ? ["revoke"] : ["revoke", "stop"];
  return isRunning(a) && (a.mine || reviewer) ? ["stop"] : [];
}

function Rows({ a, rows, set }: { a: Approval; rows: string; set: (text: string) => void }): JSX.Element | null {
  if (a.rows === undefined) return null;
  return (
    <label>
      Rows that may pass in all; {count(a.delivered ?? 0, "row")} passed already, without a number{" "}
      {count(a.rows, "row")} may
      <input
        type="number"
        min={(a.delivered ?? 0) + 1}
        inputMode="numeric"
        value={rows}
        onInput={(e) => set(e.currentTarget.value)}
      />
    </label>
  );
}

export function Decide({ a, unseen }: { a: Approval; unseen: readonly string[] }): JSX.Element | null {
  const [reason, setReason] = useState("");
  const [rows, setRows] = useState("");
  const [wanted, setWanted] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [complaint, setComplaint] = useState("");
  const content = contentOf(a);
  const resting = useRest(content);
  useEffect(() => {
    if (asked === null) return;
    setAsked(null); // the question was about what stood here before
    setComplaint("It changed while you were asked: look at it again. What became of it stands above.");
    setTimeout(toWhatBecameOfIt);
  }, [content]);
  const doings = possible(a);
  if (doings.length === 0) return null;
  const begin = (doing: Doing): void => {
    if (isVote(doing) && reason.trim() === "") {
      setComplaint("Say why first: the reason goes on record with your decision.");
      document.getElementById("reason")?.focus();
      return;
    }
    setComplaint("");
    setAsked({ doing, shown: a });
  };
  const send = async (): Promise<void> => {
    if (asked === null) return;
    const said = await signed(asked, body(asked, reason.trim(), rows), wanted);
    put([await act(asked.shown.id, endpoint(asked.doing), said)]);
  };
  return (
    <form class="decide" aria-label="Your decision" onSubmit={(e) => e.preventDefault()}>
      <label for="reason">Your reason{doings.some(isVote) ? "" : " (if you like)"}</label>
      <textarea
        id="reason"
        rows={2}
        value={reason}
        onInput={(e) => setReason(e.currentTarget.value)}
        aria-describedby="reason-complaint"
        maxLength={4000}
      />
      <p id="reason-complaint" class="warn" role="status">
        {complaint}
      </p>
      {doings.includes("approve") && <Rows a={a} rows={rows} set={setRows} />}
      <div class="buttons">
        {doings.map((doing) => (
          <Button
            key={doing}
            id={doing}
            kind={doing === "approve" ? "yes" : "no"}
            resting={resting}
            onClick={() => begin(doing)}
          >{`${TITLES[doing]}…`}</Button>
        ))}
      </div>
      {asked !== null && (
        <Confirm
          title={`${TITLES[asked.doing]}: ${verb(asked.shown)} on ${asked.shown.target}?`}
          says={sentence(asked.shown)}
          yes={`${TITLES[asked.doing]} ${verb(asked.shown)} on ${asked.shown.target}`}
          kind={asked.doing === "approve" ? "yes" : "no"}
          onYes={send}
          onClose={() => setAsked(null)}
        >
          {reason.trim() !== "" && (
            <p>
              Your reason: <Text text={reason.trim()} />
            </p>
          )}
          {asked.doing === "break-glass" && (
            <p class="warn">
              Nobody else looks at it before it runs. Everybody is told at once, your reason with it, and others have to sign
              it off afterwards.
            </p>
          )}
          {unseen.length > 0 && asked.doing !== "deny" && isVote(asked.doing) && (
            <p class="warn">You have not looked at {unseen.join(" and ")}.</p>
          )}
          {isVote(asked.doing) && <Proof a={asked.shown} wanted={wanted} set={setWanted} />}
          <p class="digest">Digest {asked.shown.digest}</p>
        </Confirm>
      )}
    </form>
  );
}
