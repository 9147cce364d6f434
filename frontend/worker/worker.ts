// The pages on which a person reads and signs a document: one script, the page says which step it is.

import { confirm } from "./confirm";
import { done } from "./done";
import { identity } from "./identity";
import { landing } from "./landing";
import { pad } from "./pad";
import { open } from "./page";
import { place } from "./place";
import { read } from "./read";
import type { Step } from "./session";

const steps: Record<Step, () => Promise<void>> = { landing, identity, read, pad, place, confirm, done };

// 长辈版: remembered on this device; the server writes it into the page, so that nothing jumps.
const large = document.getElementById("large");
large?.addEventListener("click", () => {
  const on = document.documentElement.classList.toggle("large");
  large.setAttribute("aria-pressed", String(on));
  document.cookie = `large=${on ? 1 : 0}; path=/; max-age=31536000; samesite=strict`;
  window.dispatchEvent(new Event("resize"));
});

const start = steps[document.body.dataset.step as Step] as (() => Promise<void>) | undefined;
if (start) open(start);
