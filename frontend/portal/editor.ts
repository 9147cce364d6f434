// The editor of templates written as text.

import type { Blank } from "./blanks";
import { type Desk, grouped, make } from "./desk";
import { type Given, Keeper, pointed } from "./keeping";
import { template } from "./parts";

const form = document.getElementById("editor") as HTMLFormElement;
const given = JSON.parse(form.dataset.desk!) as Desk & Given;
const { words, blanks } = given;
const parts = document.getElementById("parts")!;
const open = new Set<string>();
let last: HTMLTextAreaElement | null = null;

const desk: Desk = {
  ...given,
  change: (act) => keeper.change(act),
  typed: (field, act) => keeper.typed(field, act),
};
const keeper = new Keeper(form, given, desk, {
  root: parts,
  draw,
  placeOf: (at) => pointed(parts, at),
});

function draw(): void {
  const at = document.activeElement?.getAttribute("data-at");
  const scrolled = window.scrollY;
  parts.textContent = "";
  parts.append(...template(desk, open));
  window.scrollTo(0, scrolled);
  if (at) parts.querySelector<HTMLElement>(`[data-at="${at}"]`)?.focus({ preventScroll: true });
}

function offer(offered: readonly Blank[]): HTMLElement {
  const select = make("select", { class: "form-select", "aria-label": words.insert! });
  select.append(make("option", { value: "" }, `${words.insert}…`));
  select.append(...grouped(offered.map(({ name, group }) => ({ value: name, name, group }))));
  select.addEventListener("change", () => {
    if (last?.isConnected && select.value) {
      last.focus();
      last.setRangeText(`【${select.value}】`, last.selectionStart, last.selectionEnd, "end");
      last.dispatchEvent(new Event("input"));
    }
    select.value = "";
  });
  return select;
}

parts.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLTextAreaElement) last = target;
});
form.querySelector(".btn-list")!.append(offer(blanks));
if (desk.content.chapters[0]) open.add(desk.content.chapters[0].id);
keeper.start();
