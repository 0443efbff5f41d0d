// What we send, in Slack's own types; a JSON Schema is made of it (check.js). Members that are not here are refused.
import type { KnownBlock, ModalView } from "@slack/types";

export interface Post {
  channel: string;
  text: string;
  blocks: KnownBlock[];
  thread_ts?: string;
  mrkdwn: false;
  parse: "none";
  link_names: false;
  unfurl_links: false;
  unfurl_media: false;
}

export interface Update {
  channel: string;
  ts: string;
  text: string;
  blocks: KnownBlock[];
  parse: "none";
  link_names: false;
}

export interface Aside {
  channel: string;
  user: string;
  text: string;
  blocks: KnownBlock[];
  parse: "none";
  link_names: false;
}

export interface Open {
  trigger_id: string;
  view: ModalView;
}

export interface Errors {
  response_action: "errors";
  errors: Record<string, string>;
}

export interface Done {
  response_action: "update";
  view: ModalView;
}
