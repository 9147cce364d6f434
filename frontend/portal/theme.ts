// Runs before the page is painted, so that a dark page does not flash white and large letters do not jump.
const system = window.matchMedia("(prefers-color-scheme: dark)");

// What a reader chooses for this browser: where it is kept, what may be kept there, and what it does.
interface Choice {
  readonly key: string;
  readonly values: readonly string[];
  readonly usual: string;
  readonly control: string;
  paint(value: string): void;
}

const choices: readonly Choice[] = [
  {
    key: "qianbei-theme",
    values: ["light", "dark"],
    usual: "auto",
    control: "[data-theme-switch]",
    paint(value) {
      const dark = value === "dark" || (value === "auto" && system.matches);
      document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
    },
  },
  {
    key: "qianbei-letters",
    values: ["large", "largest"],
    usual: "usual",
    control: "[data-letters-switch]",
    paint(value) {
      document.documentElement.setAttribute("data-letters", value);
    },
  },
];

function wanted(choice: Choice): string {
  const kept = localStorage.getItem(choice.key) ?? "";
  return choice.values.includes(kept) ? kept : choice.usual;
}

function paint(): void {
  choices.forEach((choice) => {
    choice.paint(wanted(choice));
  });
}

paint();
system.addListener(paint); // Safari 12 has no addEventListener here

document.addEventListener("DOMContentLoaded", () => {
  choices.forEach((choice) => {
    document.querySelectorAll<HTMLSelectElement>(choice.control).forEach((select) => {
      select.value = wanted(choice);
      select.addEventListener("change", () => {
        localStorage.setItem(choice.key, select.value);
        paint();
      });
    });
  });
});
