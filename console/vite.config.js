// One page, one script, one style sheet, nothing inline; names carry the content's hash, so the desk lets browsers
// keep them. FILES is the list that console/embed links into the desk.
import { readdirSync, writeFileSync } from "node:fs";

function list(folder, under = "") {
  return readdirSync(`${folder}/${under}`, { withFileTypes: true })
    .flatMap((f) => (f.isDirectory() ? list(folder, `${under}${f.name}/`) : [`${under}${f.name}`]))
    .filter((name) => name !== "FILES")
    .sort();
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
      name: "sluice-files",
      closeBundle() {
        writeFileSync("dist/FILES", `${list("dist").join("\n")}\n`);
      },
    },
  ],
};
