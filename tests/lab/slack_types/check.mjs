// What the official @slack/types say of blocks and views: a JSON Schema is generated from them, members that they do not name
// are refused, and the lengths that their documentation gives ("maximum length of ... N characters") are put in.
// A line of JSON in ({"blocks": [...]} or {"view": {...}}), a line out: what is wrong with it, as a list of texts.
import { createInterface } from "node:readline";
import { Ajv } from "ajv";
import { createGenerator } from "ts-json-schema-generator";

const generator = createGenerator({ path: "node_modules/@slack/types/dist/index.d.ts", skipTypeCheck: true, additionalProperties: false });
const { definitions } = generator.createSchema("*");

const number = (text, pattern) => {
  const found = pattern.exec(text);
  return found ? Number(found[1].replace(",", "")) : undefined;
};

// What a member's documentation says of it, as schema.
function limits({ description = "", type }) {
  const characters = number(description, /max[^.]*?([\d,]+)\s+characters/i);
  const items = number(description, /max(?:imum)? (?:number of (?:items|options) is|of|length of)?\s*(\d+)(?!\d*\s*characters)/i);
  const text = characters === undefined ? {} : { properties: { text: { maxLength: characters } } };
  if (type === "string") return characters === undefined ? {} : { maxLength: characters };
  if (type === "array") return { ...(items === undefined ? {} : { maxItems: items }), ...(characters === undefined ? {} : { items: text }) };
  return text;
}

let count = 0;
function tighten(schema) {
  if (schema === null || typeof schema !== "object") return;
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const more = limits(member);
    if (Object.keys(more).length === 0) continue;
    schema.properties[name] = { allOf: [member, more] };
    count += 1;
  }
  Object.values(schema).forEach(tighten);
}
tighten(definitions);
if (count < 30) throw new Error(`the types' documentation gives only ${count} limits`);

const ajv = new Ajv({ strict: false, allErrors: false });
ajv.addSchema({ $id: "slack", definitions });
const known = new Map();

// By its own type first: of the errors of a union nobody learns anything.
function checkBlock(block, at) {
  const type = String(block?.type);
  if (!known.has(type)) {
    const name = Object.keys(definitions).find((d) => /Block$/.test(d) && d !== "Block" && JSON.stringify(definitions[d]).includes(`"const":"${type}"`) && ownType(definitions[d]) === type);
    known.set(type, name ? ajv.compile({ $ref: `slack#/definitions/${name}` }) : null);
  }
  const check = known.get(type);
  if (check === null) return [`${at}: no block is ${type}`];
  return check(block) ? [] : check.errors.map((e) => `${at}${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}

function ownType(definition) {
  const type = definition.properties?.type;
  return (type?.allOf?.[0] ?? type)?.const ?? definition.anyOf?.map(ownType)[0];
}

const modal = ajv.compile({ $ref: "slack#/definitions/ModalView" });

function check({ blocks, view }) {
  const whole = view === undefined || modal(view) ? [] : modal.errors.map((e) => `view${e.instancePath} ${e.message}`);
  const all = blocks ?? view.blocks;
  if (!Array.isArray(all)) return [...whole, "blocks are no list"];
  return [...whole, ...(all.length > (view ? 100 : 50) ? ["too many blocks"] : []), ...all.flatMap((b, n) => checkBlock(b, `blocks/${n}`))];
}

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(check(JSON.parse(line)))}\n`);
