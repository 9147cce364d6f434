// Builds one script and one style sheet per kind of page into frontend/dist/.
// `node frontend/build.mjs` builds once; with --watch it builds again at every change.
import { build, context } from "esbuild";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

// The content security policy loads images from our own site only, so the little pictures that the vendor's
// style sheets carry as data: addresses become files.
const inlineImagesToFiles = {
  name: "inline-images-to-files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^data:image\/svg\+xml[,;]/ }, ({ path }) => ({ path, namespace: "inline-image" }));
    onLoad({ filter: /.*/, namespace: "inline-image" }, ({ path }) => ({
      contents: decodeURIComponent(path.slice(path.indexOf(",") + 1)),
      loader: "file",
    }));
  },
};

const options = {
  absWorkingDir: here,
  entryPoints: ["portal/portal.ts", "portal/portal.css", "worker/worker.ts", "worker/worker.css"],
  entryNames: "[name]",
  assetNames: "images/[hash].svg",
  plugins: [inlineImagesToFiles],
  outdir: "dist",
  bundle: true,
  minify: true,
  // Workers' phones carry web views of 2018.
  target: ["es2018", "chrome70", "safari12"],
  // What Safari 12 gets wrong of it are patterns in parentheses, which nobody writes.
  supported: { destructuring: true },
  format: "iife",
  // Django's manifest storage refuses a file that points at a source map which is not there.
  sourcemap: false,
  legalComments: "linked",
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  const watching = await context({ ...options, logLevel: "info" });
  await watching.watch();
} else {
  await rm(join(here, "dist"), { recursive: true, force: true });
  await build(options);
}
