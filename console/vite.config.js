// One page, one script, one style sheet, nothing inline; names carry the content's hash, so the desk lets browsers
// keep them. FILES is the list that console/embed links into the desk.
import { readdirSync, writeFileSync } from "node:fs";

function list(folder, under = "") {
  return readdirSync(`${folder}/${under}`, { withFileTypes: true })
    .flatMap((f) => (f.isDirectory() ? list(folder, `${under}${f.name}/`) : [`${under}${f.name}`]))
    .filter((name) => name !== "FILES")
    .sort();
}

/** dagre's file keeps its algorithms in objects that are filled by a call (`H={};f(H,{dijkstra:()=>J,...})`), so a bundler
 * must keep them all; we use three. Written as plain objects, what nobody uses is left out. Another version of dagre that
 * looks different ends the build. */
function plainObjects(code) {
  const spaces = [...code.matchAll(/(?<=[ ;])([\w$]+)=\{\};[\w$]+\(\1,\{([^{}]*)\}\);/g)];
  if (spaces.length !== 3) throw new Error("@dagrejs/dagre is built in another way now: look at plainObjects");
  for (const [whole, name, getters] of spaces) {
    const members = getters.split(",").map((m) => m.split(":()=>"));
    const of = Object.fromEntries(members);
    const taken = new RegExp(`\\{([\\w:,$]+)\\}=${name}(?=[,;])`, "g"); // var {preorder:a,postorder:b}=H
    code = code
      .replace(whole, `${name}={${members.map((m) => m.join(":")).join(",")}};`)
      .replace(taken, (_, pairs) => " " + pairs.replace(/(\w+):([\w$]+)/g, (__, key, local) => `${local}=${of[key]}`));
  }
  return { code, map: null };
}

export default {
  base: "/",
  publicDir: "public",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
    reportCompressedSize: false,
  },
  plugins: [
    {
      name: "sluice-dagre",
      transform: (code, id) => (id.endsWith("/dagre.esm.js") ? plainObjects(code) : null),
    },
    {
      name: "sluice-files",
      closeBundle() {
        writeFileSync("dist/FILES", `${list("dist").join("\n")}\n`);
      },
    },
  ],
};
