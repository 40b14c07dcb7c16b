// Bundles the widget: dist/widget.js, which every page loads, and what is loaded only when somebody speaks.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, writeFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");

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

/** Bundles src/`entry` into dist/`name`; gives the name with a mark of the content. */
async function bundle(entry, name, options) {
  const result = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    target: ["es2020"],
    charset: "utf8",
    legalComments: "none",
    write: false,
    ...options,
  });
  const [{ contents }] = result.outputFiles;
  await writeFile(join(dist, name), contents);
  console.log(`dist/${name} ${contents.length} bytes, ${gzipSync(contents, { level: 9 }).length} gzipped`);
  return `${name}?v=${createHash("sha256").update(contents).digest("hex").slice(0, 16)}`;
}

await mkdir(dist, { recursive: true });
const files = {
  media: await bundle("voice/media.ts", "voice-media.js", { format: "esm" }),
  // Others' work: their notices stay with it.
  livekit: await bundle("voice/livekit.ts", "voice-livekit.js", { format: "esm", legalComments: "eof" }),
  worklet: await bundle("voice/worklet.ts", "voice-worklet.js", { format: "iife" }),
};
await bundle("entry.ts", "widget.js", {
  format: "iife",
  plugins: [slimStyles],
  define: { __FILES__: JSON.stringify(files) },
});
