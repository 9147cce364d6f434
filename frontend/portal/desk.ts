// What the parts of the template editor share: the content, the catalogue, and small controls.

import { type Blank, keptText, shownText } from "./blanks";
import type { Template, Value } from "./template";

export interface Fact {
  readonly fact: string;
  readonly name: string;
  readonly group: string;
  readonly values: readonly { readonly value: Value; readonly name: string }[];
}
/** How the content changes, so that every step can be undone. */
export interface Acts {
  /** Change the content's structure; everything is drawn anew. */
  change(act: () => void): void;
  /** Change what one field says; a stretch of typing counts as one step. */
  typed(field: Element, act: () => void): void;
}
export interface Desk extends Acts {
  content: Template;
  readonly blanks: readonly Blank[];
  readonly facts: readonly Fact[];
  readonly repeats: readonly { readonly path: string; readonly name: string }[];
  readonly items: readonly { readonly number: number; readonly name: string }[];
  readonly forms: readonly (readonly [string, string])[];
  readonly terms: readonly (readonly [string, string])[];
  readonly words: Readonly<Record<string, string>>;
}

const CHARACTERS = 38; // of a line of text, about

type Child = Node | string;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(label: string, act: () => void, attributes: Readonly<Record<string, string>> = {}): HTMLElement {
  const element = make("button", { type: "button", class: "btn btn-sm", ...attributes }, label);
  element.addEventListener("click", act);
  return element;
}

/** Up, down and remove for one of a list. */
export function tools<T>(desk: Desk, list: T[], index: number, what: string): HTMLElement {
  const { words } = desk;
  const move = (to: number): void => desk.change(() => list.splice(to, 0, ...list.splice(index, 1)));
  const up = button("↑", () => move(index - 1), { "aria-label": `${words.up}：${what}` });
  const down = button("↓", () => move(index + 1), { "aria-label": `${words.down}：${what}` });
  const remove = button("✕", () => desk.change(() => list.splice(index, 1)), { "aria-label": `${words.remove}：${what}` });
  (up as HTMLButtonElement).disabled = index === 0;
  (down as HTMLButtonElement).disabled = index === list.length - 1;
  return make("span", { class: "qb-part-tools" }, up, down, remove);
}

/** A line of text with its label; `at` is the pointer by which a fault finds it. */
export function line(
  desk: Acts,
  label: string,
  at: string,
  value: string,
  put: (value: string) => void,
  kind = "text",
): HTMLElement {
  const field = make("input", { class: "form-control", type: kind, "data-at": at });
  field.value = value;
  field.addEventListener("input", () => desk.typed(field, () => put(field.value)));
  return make("label", { class: "qb-part-field" }, make("span", { class: "form-label" }, label), field);
}

/** Text with blanks. */
export function prose(
  desk: Acts & { readonly blanks: readonly Blank[] },
  label: string,
  at: string,
  value: string,
  put: (value: string) => void,
): HTMLElement {
  const field = make("textarea", { class: "form-control", "data-at": at, "data-prose": "", "aria-label": label });
  field.value = shownText(value, desk.blanks);
  const fit = (): void => {
    field.rows = Math.max(1, Math.ceil(field.value.length / CHARACTERS));
  };
  field.addEventListener("input", () => {
    fit();
    desk.typed(field, () => put(keptText(field.value, desk.blanks)));
  });
  fit();
  return field;
}

export function tick(desk: Acts, label: string, ticked: boolean, put: (ticked: boolean) => void): HTMLElement {
  const field = make("input", { class: "form-check-input", type: "checkbox" });
  field.checked = ticked;
  field.addEventListener("change", () => desk.change(() => put(field.checked)));
  return make("label", { class: "form-check" }, field, make("span", { class: "form-check-label" }, label));
}

/** Any of `[value, name]`; those in `held` are ticked. */
export function ticks<T extends string | number>(
  desk: Acts,
  legend: string,
  options: readonly (readonly [T, string])[],
  held: T[],
): HTMLElement {
  const boxes = options.map(([value, name]) =>
    tick(desk, name, held.includes(value), (ticked) => {
      if (ticked) held.push(value);
      else held.splice(held.indexOf(value), 1);
      held.sort();
    }),
  );
  return make("fieldset", { class: "qb-ticks" }, make("legend", { class: "form-label" }, legend), ...boxes);
}

/** A choice of `[value, name]`. */
export function choice(
  desk: Acts,
  label: string,
  options: readonly (readonly [string, string])[],
  value: string,
  put: (value: string) => void,
): HTMLElement {
  const field = make("select", { class: "form-select", "aria-label": label });
  field.append(...options.map(([each, name]) => make("option", { value: each }, name)));
  field.value = value;
  field.addEventListener("change", () => desk.change(() => put(field.value)));
  return field;
}

/** Names in groups, as options of a select. */
export function grouped(options: readonly { value: string; name: string; group: string }[]): HTMLElement[] {
  const groups = new Map<string, HTMLElement>();
  for (const { value, name, group } of options) {
    const into = groups.get(group) ?? make("optgroup", { label: group });
    groups.set(group, into);
    into.append(make("option", { value }, name));
  }
  return [...groups.values()];
}
