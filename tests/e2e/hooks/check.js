// What receivers do with the official libraries: one line of JSON in, one out.
//   {"headers":{..},"body":"..","secret":"whsec_.."}  -> {"type","id","time","source"}, or {"error"}
//   {"ocsf":{..}}                                     -> {}, or {"error"}; schemas from the folder in argv[2]
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");
const { HTTP } = require("cloudevents");
const { Webhook } = require("standardwebhooks");
const Ajv = require("ajv/dist/2020").default;

const ajv = new Ajv({ strict: false, allErrors: true });
const classes = new Map();

function schemaOf(event) {
  if (classes.size === 0)
    for (const name of fs.readdirSync(process.argv[2])) {
      if (!name.endsWith(".schema.json")) continue;
      const schema = JSON.parse(fs.readFileSync(path.join(process.argv[2], name), "utf8"));
      classes.set(schema.properties.class_uid.const, ajv.compile(schema));
    }
  return classes.get(event.class_uid);
}

function checkOcsf(event) {
  const check = schemaOf(event);
  if (!check) throw new Error(`no schema of class ${event.class_uid}`);
  if (!check(event)) throw new Error(JSON.stringify(check.errors.slice(0, 3)));
  if (event.type_uid !== event.class_uid * 100 + event.activity_id) throw new Error("type_uid");
  return {};
}

function checkWebhook({ headers, body, secret }) {
  new Webhook(secret).verify(body, headers);
  const event = HTTP.toEvent({ headers, body });
  event.validate();
  return { type: event.type, id: event.id, time: event.time, source: event.source, entry: event.ledgerentry };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  let said;
  try {
    const asked = JSON.parse(line);
    said = asked.ocsf ? checkOcsf(asked.ocsf) : checkWebhook(asked);
  } catch (why) {
    said = { error: String(why.message || why) };
  }
  console.log(JSON.stringify(said));
});
