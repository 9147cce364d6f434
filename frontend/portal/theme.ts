// Runs before the page is painted, so that a dark page does not flash white.
type Theme = "auto" | "light" | "dark";

const KEY = "qianbei-theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

function wanted(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "auto";
}

function paint(): void {
  const theme = wanted();
  const dark = theme === "dark" || (theme === "auto" && system.matches);
  document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
}

paint();
system.addListener(paint); // Safari 12 has no addEventListener here

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll<HTMLSelectElement>("[data-theme-switch]").forEach((select) => {
    select.value = wanted();
    select.addEventListener("change", () => {
      localStorage.setItem(KEY, select.value);
      paint();
    });
  });
});
