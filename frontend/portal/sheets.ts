// The pages of an uploaded document with the fields on them, which are dragged, sized, and moved by keys.

import { placeFault } from "../shared/geometry";
import { shownText } from "./blanks";
import { make } from "./desk";
import { type Field, MILLIMETRE, frameOf, isDay, isWidget, moved, onPage, sized, snapped } from "./fields";
import type { Upload } from "./upload";

const NEAR = 6; // pixels within which a field is drawn to another's edge

export interface Hands {
  choose(id: string, show: boolean): void;
  /** What a drag has come to. */
  put(field: Field): void;
  key(event: KeyboardEvent, id: string): void;
}
interface Grip {
  readonly pointer: number;
  readonly sizing: boolean;
  /** From the corner of the field, or from its far corner, to where it was taken: pixels. */
  readonly dx: number;
  readonly dy: number;
  field: Field;
  moved: boolean;
}

export class Sheets {
  private readonly leaves: HTMLElement[];
  private grip: Grip | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly desk: Upload,
    private readonly hands: Hands,
  ) {
    const { words } = desk;
    this.leaves = desk.pages.map(({ w, h, picture }, index) => {
      const name = words.page!.replace("{page}", String(index + 1));
      const image = make("img", { src: picture, alt: name, draggable: "false", width: String(w), height: String(h) });
      image.loading = index ? "lazy" : "eager";
      const leaf = make("div", { class: "qb-leaf", "data-at": `/document/pages/${index}`, tabindex: "-1" }, image);
      root.append(make("section", { class: "qb-leaf-frame", "aria-label": name }, make("h2", { class: "qb-leaf-name" }, name), leaf));
      return leaf;
    });
    root.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"] as const) root.addEventListener(end, (event) => this.drop(event));
  }

  /** All fields anew; the focus stays on the field that has it. */
  draw(chosen: string): void {
    const focused = document.activeElement?.getAttribute("data-field");
    for (const leaf of this.leaves) leaf.querySelectorAll(".qb-field, .qb-seam, .qb-guide").forEach((each) => each.remove());
    this.desk.content.fields.forEach((field, index) => this.leaf(field)?.append(this.element(field, index, chosen)));
    const seam = this.desk.content.fields.find(({ kind }) => kind === "seam");
    if (seam) this.leaves.forEach((leaf, index) => index + 1 !== seam.page && leaf.append(ghost(seam)));
    if (focused) this.of(focused)?.focus({ preventScroll: true });
  }

  show(id: string): void {
    const element = this.of(id);
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
    element?.focus({ preventScroll: true });
  }

  magnify(factor: number): void {
    this.root.style.setProperty("--qb-zoom", String(factor));
  }

  /** The middle of what is seen of the page that fills most of the view. */
  middle(): { page: number; x: number; y: number } {
    const view = this.root.getBoundingClientRect();
    const [top, bottom] = [Math.max(view.top, 0), Math.min(view.bottom, window.innerHeight)];
    let best = { page: 1, x: 0.5, y: 0.2, seen: 0 };
    this.leaves.forEach((leaf, index) => {
      const box = leaf.getBoundingClientRect();
      const [from, to] = [Math.max(box.top, top), Math.min(box.bottom, bottom)];
      if (to - from > best.seen) {
        best = { page: index + 1, x: 0.5, y: ((from + to) / 2 - box.top) / box.height, seen: to - from };
      }
    });
    return best;
  }

  private of(id: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`[data-field="${id}"]`);
  }

  private leaf(field: Field): HTMLElement | undefined {
    return this.leaves[field.page - 1];
  }

  private element(field: Field, index: number, chosen: string): HTMLElement {
    const { words, blanks, pages } = this.desk;
    const sheet = pages[field.page - 1]!;
    const name = field.text ? shownText(field.text, blanks) : words[field.kind]!;
    const where = words
      .field_at!.replace("{name}", name)
      .replace("{page}", String(field.page))
      .replace("{x}", String(Math.round((field.x * sheet.w) / MILLIMETRE)))
      .replace("{y}", String(Math.round((field.y * sheet.h) / MILLIMETRE)));
    const label = make("span", { class: "qb-field-name" }, name);
    const element = make(
      "button",
      {
        type: "button",
        class: "qb-field",
        "data-field": field.id,
        "data-kind": field.kind,
        "data-at": `/fields/${index}`,
        "aria-label": where,
        "aria-pressed": String(field.id === chosen),
      },
      label,
    );
    lay(element, field);
    if (field.size) label.style.fontSize = `${(field.size / sheet.w) * 100}cqw`;
    if (isDay(field)) label.style.fontSize = `${((field.h * sheet.h) / sheet.w) * 80}cqw`;
    const others = this.desk.content.fields.filter((other) => isWidget(other) && other.id !== field.id);
    const fault = placeFault(field, pages.map(frameOf), isWidget(field) ? { keepClear: others } : {});
    element.classList.toggle("qb-misplaced", fault !== null);
    if (field.id === chosen && field.kind !== "seam") element.append(make("span", { class: "qb-field-corner" }));
    element.addEventListener("pointerdown", (event) => this.take(event, field));
    element.addEventListener("focus", () => chosen !== field.id && !this.grip && this.hands.choose(field.id, false));
    element.addEventListener("keydown", (event) => this.hands.key(event, field.id));
    return element;
  }

  private take(event: PointerEvent, field: Field): void {
    if (this.grip || event.button !== 0) return;
    const box = this.leaf(field)!.getBoundingClientRect();
    const sizing = (event.target as Element).classList.contains("qb-field-corner");
    const [x, y] = sizing ? [field.x + field.w, field.y + field.h] : [field.x, field.y];
    const grip = { dx: event.clientX - box.left - x * box.width, dy: event.clientY - box.top - y * box.height };
    this.hands.choose(field.id, false);
    this.grip = { pointer: event.pointerId, sizing, ...grip, field, moved: false };
    this.root.setPointerCapture(event.pointerId);
    this.of(field.id)?.focus({ preventScroll: true });
    event.preventDefault();
  }

  private drag(event: PointerEvent): void {
    const { grip } = this;
    if (grip?.pointer !== event.pointerId) return;
    const page = grip.sizing || grip.field.kind === "seam" ? grip.field.page : this.pageAt(event.clientY, grip.field.page);
    const leaf = this.leaves[page - 1]!;
    const box = leaf.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left - grip.dx) / box.width, (event.clientY - box.top - grip.dy) / box.height];
    let next: Field;
    const lines: HTMLElement[] = [];
    if (grip.sizing) {
      next = sized(grip.field, x - grip.field.x, y - grip.field.y, this.desk.pages[page - 1]!);
    } else {
      const there = page === grip.field.page ? grip.field : onPage(grip.field, page, this.desk.pages);
      const near = event.altKey ? { x: 0, y: 0 } : { x: NEAR / box.width, y: NEAR / box.height };
      const drawn = snapped(moved(there, x, y), this.desk.content.fields, near);
      next = drawn.field;
      if (!event.altKey) lines.push(...drawn.across.map((at) => guide("across", at)), ...drawn.down.map((at) => guide("down", at)));
    }
    grip.field = next;
    grip.moved = true;
    const element = this.of(next.id)!;
    if (element.parentElement !== leaf) leaf.append(element);
    lay(element, next);
    this.root.querySelectorAll(".qb-guide").forEach((each) => each.remove());
    leaf.append(...lines);
  }

  private drop(event: PointerEvent): void {
    const { grip } = this;
    if (grip?.pointer !== event.pointerId) return;
    this.grip = null;
    this.root.querySelectorAll(".qb-guide").forEach((each) => each.remove());
    if (grip.moved) this.hands.put(grip.field);
    this.of(grip.field.id)?.focus({ preventScroll: true });
  }

  /** The page under the pointer, else the one that it came from. */
  private pageAt(y: number, before: number): number {
    const under = this.leaves.findIndex((leaf) => {
      const { top, bottom } = leaf.getBoundingClientRect();
      return top <= y && y <= bottom;
    });
    return under < 0 ? before : under + 1;
  }
}

function lay(element: HTMLElement, { x, y, w, h }: Field): void {
  element.style.left = `${x * 100}%`;
  element.style.top = `${y * 100}%`;
  element.style.width = `${w * 100}%`;
  element.style.height = `${h * 100}%`;
}

function ghost(seam: Field): HTMLElement {
  const element = make("span", { class: "qb-seam", "aria-hidden": "true" });
  lay(element, seam);
  return element;
}

function guide(way: "across" | "down", at: number): HTMLElement {
  const element = make("span", { class: `qb-guide qb-guide-${way}` });
  element.style[way === "across" ? "left" : "top"] = `${at * 100}%`;
  return element;
}
