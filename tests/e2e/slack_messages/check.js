// Lines {"kind", "body"} in; one line out for each that Slack's types or documented limits do not take: {"line", "why"}.
// The schema is made here, of the types as they were installed: a copy in this tree would be somebody else's text, and would age.
"use strict";
const { createGenerator } = require("ts-json-schema-generator");
const { limits } = require("./limits.js");
const Ajv = require("ajv");

const schema = createGenerator({ path: "messages.ts", tsconfig: "tsconfig.json", type: "*", skipTypeCheck: true }).createSchema("*");
const ajv = new Ajv({ strict: false, allowUnionTypes: true });
ajv.addSchema(schema, "slack");

function typed(kind, body) {
  const good = ajv.getSchema(`slack#/definitions/${kind}`);
  if (!good) return [`no schema for ${kind}`];
  return good(body) ? [] : good.errors.slice(0, 3).map((e) => `${e.instancePath}: ${e.message}`);
}

const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
lines.forEach((text, line) => {
  const { kind, body } = JSON.parse(text);
  const wrong = typed(kind, body); // limits are of what has the right types
  for (const why of wrong.length > 0 ? wrong : limits(body)) console.log(JSON.stringify({ line, why }));
});
console.log(JSON.stringify({ lines: lines.length, definitions: Object.keys(schema.definitions).length }));
