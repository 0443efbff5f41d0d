// What the desk answers (docs/openapi.yaml), as far as this console shows it.

export type State = "pending" | "approved" | "denied" | "expired" | "cancelled" | "spent" | "lapsed" | "revoked";

export interface Dataset {
  name: string;
  effects: string[];
  labels?: string[];
  columns?: string[];
  all_columns?: boolean;
}

export interface Requirement {
  rule: string;
  groups: string[];
  identities: string[];
  need: number;
  have: number;
  text?: string;
}

export interface Vote {
  identity: string;
  by?: string;
  decision: string;
  reason: string;
  channel: string;
  at: string;
  proof?: string;
  passkey?: { key: string; name?: string; device_bound: boolean; young: boolean; vouched_by: string };
}

export interface Message {
  kind: string;
  identity: string;
  channel: string;
  text: string;
  at: string;
}

export interface Parameter {
  type: number;
  format: 0 | 1;
  null?: boolean;
  value?: string;
}

/** A statement of a list; `unclear`: why nobody knows what it will do. */
export interface Listed {
  sql: string;
  unclear?: string;
}

export interface Operation {
  list?: Listed[];
  sql?: string;
  sql_base64?: string;
  parameters?: Parameter[];
  diff?: string;
  [more: string]: unknown;
}

export interface Flow {
  from: string;
  to: string;
  flow: string;
  labels?: string[];
}

export interface Lineage {
  flows: Flow[];
  flow_count: number;
  downstream?: { datasets: string[]; dataset_count: number; columns: number; sinks: string[]; more: boolean };
}

/** The last approved action of the same kind on the same data. */
export interface Alike {
  id: string;
  identity: string;
  by: string[];
  decided_at: string;
  statement: string;
}

export interface Approval {
  id: string;
  state: State;
  identity: string;
  target: string;
  environment: string;
  protocol: string;
  digest: string;
  requesters?: string[];
  statements?: string[];
  effects?: string[];
  datasets?: Dataset[];
  context?: Record<string, string>;
  operation?: Operation;
  operation_hidden?: boolean;
  operation_masked?: boolean;
  erased?: boolean;
  summary?: string;
  reason?: string;
  run?: string;
  sink?: string;
  trigger?: string;
  in_transaction?: boolean;
  started_by?: string;
  on_behalf_of?: string[];
  unknown?: string;
  job?: string;
  job_link?: string;
  runs_as?: string;
  runs_as_user?: string;
  rule?: string;
  held_why?: string;
  requirements: Requirement[];
  reviewers?: string;
  votes: Vote[];
  asked_at: string;
  expires_at?: string;
  grant_expires_at?: string;
  closed_at?: string;
  waiting: boolean;
  client_gone: boolean;
  show?: {
    rows_estimate?: number;
    no_estimate?: string;
    /** Of the tables that it touches, by the server's statistics. */
    sizes?: { dataset: string; rows: number }[];
    locks?: { relation: string; mode: string }[];
    [more: string]: unknown;
  };
  link?: string;
  rows?: number;
  envelope?: { times: number; rows: number; for_s: number };
  delivered?: number;
  /** so many statements in one approval */
  list?: number;
  repeats?: string;
  outcome?: { outcome?: string; rows?: number; bytes?: number; [more: string]: unknown };
  why?: string;
  lineage?: Lineage;
  last_alike?: Alike;
  /** "passkey": nothing less counts; "any" */
  proof?: string;
  keys?: string;
  proof_why?: string;
  /** channels that decide it, where not all do */
  decide_in?: string[];
  escalated_at?: string;
  messages?: Message[];
  may_ask?: boolean;
  may_answer?: boolean;
  deciders?: string[];
  requester_chain?: { name: string; role: string }[];
  may_break_glass?: boolean;
  break_glass?: {
    by: string;
    reason: string;
    review_by: string;
    overdue: boolean;
    signed_off: number;
    needed: number;
    reviews?: { identity: string; at: string; reason: string }[];
  };
  may_decide: boolean;
  may_not_why?: string;
  may_not_reason?: string;
  mine: boolean;
  /** Of a list, where it is long: what it asks for and how it is decided are missing. */
  outline?: boolean;
  /** What requests have in common that differ in literals only. */
  alike?: string;
}

export interface Caller {
  identity: string;
  kind: string;
  groups: string[];
  session: string;
  csrf: string;
  expires_at: string;
  idle_ends_at: string;
  away?: { says: string } | undefined;
}
