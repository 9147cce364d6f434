// The editor of templates made of an uploaded document: fields on its pages, by hand, by keys, by numbers.

import { make } from "./desk";
import { type Field, type Kind, besideWords, copies, moved, onPage, placed, sized } from "./fields";
import { type Given, Keeper, pointed } from "./keeping";
import { type Box } from "../shared/geometry";
import { Panel } from "./panel";
import { Sheets } from "./sheets";
import { type Upload } from "./upload";

const ZOOMS = [0.5, 0.75, 1, 1.5, 2];
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const NUDGE = 1.5; // points: half a millimetre
const LEAP = 15;

const form = document.getElementById("placer") as HTMLFormElement;
const desk = JSON.parse(form.dataset.desk!) as Upload & Given & { readonly find: string };
const { words, pages } = desk;
const found = document.getElementById("found")!;
const zoomed = document.getElementById("zoom")!;
let chosen = "";
let zoom = ZOOMS.indexOf(1);

const sheets = new Sheets(document.getElementById("sheets")!, desk, {
  choose,
  put: (field) => change(() => replace(field)),
  key,
});
const panel = new Panel(document.getElementById("panel")!, desk, {
  change,
  typed: (input, act) => {
    keeper.typed(input, act);
    sheets.draw(chosen);
  },
  replace,
  choose,
  remove,
  everywhere,
});
const keeper = new Keeper(form, desk, desk, {
  root: form,
  draw,
  placeOf: (at) => pointed(form, at),
});

function draw(): void {
  if (!fieldOf(chosen)) chosen = "";
  sheets.draw(chosen);
  panel.draw(chosen);
}

function change(act: () => void): void {
  keeper.change(act);
}

function fieldOf(id: string): Field | undefined {
  return desk.content.fields.find((field) => field.id === id);
}

function replace(field: Field): void {
  desk.content.fields = desk.content.fields.map((each) => (each.id === field.id ? field : each));
}

function choose(id: string, show: boolean): void {
  chosen = id;
  sheets.draw(chosen);
  panel.draw(chosen);
  if (show) sheets.show(id);
}

function newId(): string {
  return `f-${Date.now().toString(36)}-${Math.floor(Math.random() * 1e9).toString(36)}`;
}

/** In the middle of what is seen of a page. */
function add(kind: Kind): void {
  const { page, x, y } = sheets.middle();
  const first = desk.blanks.find(({ code }) => code === (kind === "date" ? "{contract.start|date}" : "{worker.name}"));
  const field = placed(kind, newId(), pages, page, x, y, first?.code ?? "");
  change(() => {
    desk.content.fields.push(field);
    chosen = field.id;
  });
  sheets.show(field.id);
}

function remove(id: string): void {
  change(() => (desk.content.fields = desk.content.fields.filter((field) => field.id !== id)));
}

function everywhere(id: string): void {
  const field = fieldOf(id);
  if (!field) return;
  change(() => desk.content.fields.push(...copies(field, desk.content.fields, pages, newId)));
  found.textContent = words.copied!;
}

function key(event: KeyboardEvent, id: string): void {
  const field = fieldOf(id);
  const way = KEYS[event.key];
  if (!field || event.ctrlKey || event.metaKey) return;
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    remove(id);
  } else if (event.key === "PageDown" || event.key === "PageUp") {
    event.preventDefault();
    const page = field.page + (event.key === "PageDown" ? 1 : -1);
    if (pages[page - 1]) change(() => replace(onPage(field, page, pages)));
    sheets.show(id);
  } else if (way) {
    event.preventDefault();
    const { w, h } = pages[field.page - 1]!;
    const [dx, dy] = [way[0] * (event.shiftKey ? LEAP : NUDGE), way[1] * (event.shiftKey ? LEAP : NUDGE)];
    const act = (): void =>
      replace(
        event.altKey
          ? sized(field, field.w + dx / w, field.h + dy / h, { w, h })
          : moved(field, field.x + dx / w, field.y + dy / h),
      );
    // A stretch of presses is one step, like a stretch of typing.
    keeper.typed(event.currentTarget as Element, act);
    sheets.draw(chosen);
    panel.draw(chosen);
  }
}

async function find(): Promise<void> {
  const asked = (document.getElementById("anchor") as HTMLInputElement).value.trim();
  if (!asked) return;
  const answer = await fetch(`${desk.find}?q=${encodeURIComponent(asked)}`);
  const places = answer.ok ? ((await answer.json()) as { found: Box[] }).found : [];
  found.textContent = places.length ? words.found!.replace("{count}", String(places.length)) : words.not_found!;
  const rows = places.map((place, index) => {
    const label = words.put_here!.replace("{page}", String(place.page)).replace("{number}", String(index + 1));
    const go = make("button", { type: "button", class: "btn btn-sm" }, label);
    go.addEventListener("click", () => anchor(place));
    return make("li", {}, go);
  });
  if (rows.length) found.append(make("ul", {}, ...rows));
}

function anchor(place: Box): void {
  const field = fieldOf(chosen);
  if (field) {
    change(() => replace(besideWords(field, place, pages)));
    sheets.show(field.id);
  } else {
    found.insertBefore(make("strong", {}, `${words.anchor_first} `), found.firstChild);
  }
}

function magnify(by: number): void {
  zoom = Math.max(0, Math.min(zoom + by, ZOOMS.length - 1));
  sheets.magnify(ZOOMS[zoom]!);
  zoomed.textContent = `${ZOOMS[zoom]! * 100}%`;
}

form.querySelectorAll<HTMLButtonElement>("[data-add]").forEach((each) => {
  each.addEventListener("click", () => add(each.dataset.add as Kind));
});
document.getElementById("smaller")!.addEventListener("click", () => magnify(-1));
document.getElementById("larger")!.addEventListener("click", () => magnify(1));
document.getElementById("find")!.addEventListener("click", () => void find());
document.getElementById("anchor")!.addEventListener("keydown", (event) => {
  if (event.key === "Enter") void find();
});
keeper.start();
