import htmx from "htmx.org";
import { watchLists } from "./lists";
import { watchForms } from "./forms";

// The content security policy allows neither eval nor inline styles, and a page talks to its own site only.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
// Pages hold personal data: no copies of them in the browser's store.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;

document.querySelectorAll<HTMLElement>("[data-toggle]").forEach((button) => {
  const target = document.getElementById(button.dataset.toggle ?? "");
  button.addEventListener("click", () => {
    const shown = target?.classList.toggle("show") ?? false;
    button.setAttribute("aria-expanded", String(shown));
  });
});

document.querySelectorAll<HTMLElement>("[data-print]").forEach((button) => {
  button.addEventListener("click", () => {
    window.print();
  });
});

// The charts' script is heavy: it comes when a chart comes into view.
const charts = document.querySelector<HTMLElement>("[data-chart]");
if (charts && "IntersectionObserver" in window) {
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    const script = document.createElement("script");
    script.src = charts.dataset.script ?? "";
    document.head.append(script);
  });
  watcher.observe(charts);
}
watchLists();
watchForms();
