// The template editor: what is written is kept by itself, every step can be undone, faults are told at once.

import type { Blank } from "./blanks";
import { type Desk, grouped, make } from "./desk";
import { template } from "./parts";

const PATIENCE = 800; // ms without typing before the draft is kept
const RETRY = 5000;
const MOST_STEPS = 200;

interface Fault {
  readonly at: string;
  readonly words: string;
}

const form = document.getElementById("editor") as HTMLFormElement;
const given = JSON.parse(form.dataset.desk!) as Desk & { revision: number; faults: Fault[]; save: string };
const { words, blanks } = given;
const parts = document.getElementById("parts")!;
const status = document.getElementById("saved")!;
const undoButton = document.getElementById("undo") as HTMLButtonElement;
const redoButton = document.getElementById("redo") as HTMLButtonElement;
const open = new Set<string>();
const done: string[] = [];
const undone: string[] = [];
let revision = given.revision;
let typing: Element | null = null;
let last: HTMLTextAreaElement | null = null;
let timer = 0;
let dirty = false;
let saving: Promise<void> | null = null;

const desk: Desk = {
  ...given,
  change(act) {
    remember(null);
    act();
    draw();
  },
  typed(field, act) {
    if (typing !== field) remember(field);
    act();
    later();
  },
};

function remember(field: Element | null): void {
  done.push(JSON.stringify(desk.content));
  if (done.length > MOST_STEPS) done.shift();
  undone.length = 0;
  typing = field;
  undoButton.disabled = false;
  redoButton.disabled = true;
}

function step(from: string[], to: string[]): void {
  const wanted = from.pop();
  if (wanted === undefined) return;
  to.push(JSON.stringify(desk.content));
  desk.content = JSON.parse(wanted);
  typing = null;
  undoButton.disabled = done.length === 0;
  redoButton.disabled = undone.length === 0;
  draw();
}

function draw(kept = false): void {
  const at = document.activeElement?.getAttribute("data-at");
  const scrolled = window.scrollY;
  parts.textContent = "";
  parts.append(...template(desk, open));
  window.scrollTo(0, scrolled);
  if (at) parts.querySelector<HTMLElement>(`[data-at="${at}"]`)?.focus({ preventScroll: true });
  if (!kept) later();
}

function later(): void {
  dirty = true;
  status.textContent = words.saving!;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void save(), PATIENCE);
}

async function save(): Promise<void> {
  window.clearTimeout(timer);
  await saving;
  if (!dirty) return;
  saving = send().finally(() => (saving = null));
  await saving;
}

async function send(): Promise<void> {
  dirty = false;
  try {
    const answer = await fetch(given.save, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value,
      },
      body: JSON.stringify({ content: desk.content, revision }),
    });
    if (answer.status === 409 || answer.status === 422) {
      status.textContent = answer.status === 409 ? words.moved! : words.unfit!;
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const kept = (await answer.json()) as { revision: number; faults: Fault[] };
    revision = kept.revision;
    tell(kept.faults);
    if (!dirty) status.textContent = words.saved!;
  } catch {
    dirty = true;
    status.textContent = words.unsaved!;
    timer = window.setTimeout(() => void save(), RETRY);
  }
}

function tell(faults: readonly Fault[]): void {
  const list = document.getElementById("faults")!;
  list.textContent = "";
  parts.querySelectorAll(".qb-faulty").forEach((each) => each.classList.remove("qb-faulty"));
  list.append(make("h2", { class: "h3" }, faults.length ? `${words.faults}（${faults.length}）` : words.no_faults!));
  const rows = faults.map((fault) => {
    const place = placeOf(fault.at);
    place?.classList.add("qb-faulty");
    const go = make("button", { type: "button", class: "btn btn-ghost-danger qb-fault" }, fault.words);
    go.addEventListener("click", () => visit(placeOf(fault.at)));
    return make("li", {}, go);
  });
  if (rows.length) list.append(make("ol", {}, ...rows));
}

/** The field, or the smallest part around it, that a pointer into the template means. */
function placeOf(at: string): HTMLElement | null {
  for (let path = at; path; path = path.slice(0, path.lastIndexOf("/"))) {
    const found = parts.querySelector<HTMLElement>(`[data-at="${path}"]`);
    if (found) return found;
  }
  return null;
}

function visit(place: HTMLElement | null): void {
  for (let each = place; each; each = each.parentElement) {
    if (each instanceof HTMLDetailsElement) each.open = true;
  }
  place?.scrollIntoView({ block: "center" });
  place?.focus({ preventScroll: true });
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
parts.addEventListener("focusout", () => (typing = null));
undoButton.addEventListener("click", () => step(done, undone));
redoButton.addEventListener("click", () => step(undone, done));
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) step(undone, done);
  else step(done, undone);
});
// Nothing leaves the page before the last words are kept.
form.querySelectorAll<HTMLAnchorElement>("[data-leave]").forEach((link) => {
  link.addEventListener("click", (event) => {
    if (!dirty && !saving) return;
    event.preventDefault();
    void save().then(() => {
      if (!dirty) window.location.assign(link.href);
    });
  });
});
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
form.querySelector(".btn-list")!.append(offer(blanks));
if (desk.content.chapters[0]) open.add(desk.content.chapters[0].id);
draw(true);
tell(given.faults);
status.textContent = words.saved!;
