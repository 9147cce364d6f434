// What the content security policy, the manifest of static files and slow networks ask of the bundles.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { expect, test } from "vitest";

const bundles = [
  { file: "chart.js", budget: 65_000 },
  { file: "theme.js", budget: 1_000 },
  { file: "icons.svg", budget: 10_000 },
  { file: "portal.js", budget: 90_000 },
  { file: "portal.css", budget: 60_000 },
  { file: "check.js", budget: 1_000 },
  { file: "worker.js", budget: 19_000 }, // together 20 KB
  { file: "worker.css", budget: 12_000 },
];
const PATIENCE = 60_000; // ms: brotli's best takes seconds on a busy machine

test.each(bundles)("$file refers to our own site only and keeps its budget", { timeout: PATIENCE }, ({ file, budget }) => {
  const bytes = readFileSync(new URL(`dist/${file}`, import.meta.url));
  const text = bytes.toString();

  expect(text).not.toContain("sourceMappingURL");
  expect(text).not.toMatch(/url\(["']?(data:|https?:|\/\/)/);
  expect(brotliCompressSync(bytes).length).toBeLessThanOrEqual(budget);
});
