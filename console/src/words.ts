// An approval in words, beside its sentence (sentence.ts).
import { signal } from "@preact/signals";
import { skewMs } from "./api";
import { effectsByRisk } from "./sentence";
import type { Approval } from "./types";

export * from "./sentence";

export const now = signal(Date.now());
setInterval(() => (now.value = Date.now() + skewMs), 1000);

export const time = (text: string | undefined): string => (text === undefined ? "" : new Date(text).toLocaleString());

export const labelsOf = (a: Approval): string[] => [...new Set((a.datasets ?? []).flatMap((d) => d.labels ?? []))];

/** Alike: the same identity wants the same of the same target, but for literals. */
export function alikeKey(a: Approval): string {
  if (a.alike !== undefined) return a.alike;
  const sql = (a.operation?.sql ?? a.summary ?? "")
    .replace(/'(?:[^']|'')*'/g, "?")
    .replace(/\b\d+(?:\.\d+)?\b/g, "?")
    .replace(/\s+/g, " ");
  const alone = a.list === undefined ? "" : a.id; // a list is looked at by itself
  return JSON.stringify([a.identity, a.target, a.rule ?? "", effectsByRisk(a), sql, alone]);
}

export const isOpen = (a: Approval): boolean => a.state === "pending" || a.state === "approved";
export const isRunning = (a: Approval): boolean => a.state === "spent" && a.outcome === undefined;
