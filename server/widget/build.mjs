// Bundles the widget into one script, dist/widget.js: everything a page loads.
import { build } from "esbuild";
import { readFile, writeFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const outfile = join(here, "dist", "widget.js");

/** Takes the indentation and line breaks out of the style sheet's template strings. */
const slimStyles = {
  name: "slim-styles",
  setup(bundle) {
    bundle.onLoad({ filter: /src\/styles\/[^/]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/\n\s+/g, "\n").replace(/;\n}/g, "}"),
      loader: "ts",
    }));
  },
};

const result = await build({
  entryPoints: [join(here, "src", "entry.ts")],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020"],
  charset: "utf8",
  legalComments: "none",
  write: false,
  plugins: [slimStyles],
});
const [file] = result.outputFiles;
await mkdir(dirname(outfile), { recursive: true });
await writeFile(outfile, file.contents);
console.log(`dist/widget.js ${file.contents.length} bytes, ${gzipSync(file.contents, { level: 9 }).length} gzipped`);
