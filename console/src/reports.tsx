// The pages that look back: what happened, where data went, how much of it, and how people decide.
import type { JSX } from "preact";
import { Audit } from "./audit";
import { Governance } from "./governance";
import { LineagePage } from "./lineage";
import { UsagePage } from "./usage";

interface Report {
  at: string;
  title: string;
  Page: () => JSX.Element;
}

export const REPORTS: readonly Report[] = [
  { at: "/audit", title: "Audit", Page: Audit },
  { at: "/lineage", title: "Lineage", Page: LineagePage },
  { at: "/usage", title: "Usage", Page: UsagePage },
  { at: "/governance", title: "Governance", Page: Governance },
];
