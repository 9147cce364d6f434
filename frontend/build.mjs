// Builds one script and one style sheet per kind of page into frontend/dist/.
// `node frontend/build.mjs` builds once; with --watch it builds again at every change.
import { build, context } from "esbuild";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
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

// One file with the icons that portal/icons.txt names; pages show one with <use href="…/icons.svg#name">.
async function buildIcons() {
  const names = (await readFile(join(here, "portal/icons.txt"), "utf8")).split("\n").filter(Boolean);
  const symbols = names.map(async (name) => {
    const source = fileURLToPath(import.meta.resolve(`@tabler/icons/outline/${name}.svg`));
    const drawing = (await readFile(source, "utf8")).replace(/\s+/g, " ").replace(/^.*?<svg[^>]*>|<\/svg>.*$/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.trim()}</symbol>`;
  });
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${(await Promise.all(symbols)).join("")}</svg>`;
  await mkdir(join(here, "dist"), { recursive: true });
  await writeFile(join(here, "dist/icons.svg"), sprite);
}

const options = {
  absWorkingDir: here,
  entryPoints: [
    "portal/theme.ts",
    "portal/portal.ts",
    "portal/chart.ts",
    "portal/editor.ts",
    "portal/placer.ts",
    "portal/portal.css",
    "worker/worker.ts",
    "worker/worker.css",
  ],
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
  // The check whether a browser is too old must be understood by one that is.
  const check = { ...options, entryPoints: ["worker/check.js"], target: "es5", supported: {} };
  await Promise.all([build(options), build(check), buildIcons()]);
}
