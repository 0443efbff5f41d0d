// JSON list of SQL texts in, for each the node types of its statements out, or null where the grammar refuses it.
import { readFileSync } from "node:fs";
import * as grammar from "libpg-query";

const read = grammar.parse ?? grammar.default.parse;
const out = [];
for (const sql of JSON.parse(readFileSync(0, "utf8"))) {
    try {
        const tree = await read(sql);
        out.push((tree.stmts ?? []).map((s) => Object.keys(s.stmt)[0]));
    } catch (why) {
        if (why instanceof TypeError) throw why;
        out.push(null);
    }
}
process.stdout.write(JSON.stringify(out));
