// What is read: pages as pictures, or sections in words. Both know which pages of the document they are.

import type { PageFrame } from "../shared/geometry";
import { draw, drop, pageFigure } from "./images";
import { english, server, word } from "./page";

export interface Part {
  readonly element: HTMLElement;
  /** Pages of the document, from 0: the first, and the last. */
  readonly first: number;
  readonly last: number;
  isThere(): boolean;
  /** Near the screen or not: load it, or let go of what takes memory. */
  approach(near: boolean): Promise<void>;
}

export interface Run {
  readonly text: string;
  readonly filled: boolean;
}
type Row = { readonly label: string; readonly runs: readonly Run[] };
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly runs: readonly Run[] }
  | { readonly kind: "fields"; readonly rows: readonly Row[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly (readonly Run[])[])[] };

/** signing.api.reading.SectionSerializer */
export interface SectionData {
  readonly heading: string;
  readonly heading_en: string;
  readonly first: number;
  readonly last: number;
  readonly blocks: readonly Block[];
}

export class Page implements Part {
  readonly element = document.createElement("article");
  private readonly figure: HTMLElement;

  constructor(
    readonly first: number,
    pages: number,
    frame: PageFrame,
  ) {
    this.figure = pageFigure(first + 1, pages, frame);
    this.element.append(this.figure);
  }

  get last(): number {
    return this.first;
  }

  isThere(): boolean {
    return this.figure.dataset.drawn !== undefined;
  }

  async approach(near: boolean): Promise<void> {
    if (near) await draw(this.figure);
    else drop(this.figure);
  }
}

export class Section implements Part {
  readonly element = make("section", "words");
  readonly first: number;
  readonly last: number;

  constructor(data: SectionData) {
    this.first = data.first - 1;
    this.last = data.last - 1;
    const heading = make("h2", "", data.heading);
    if (english && data.heading_en) heading.append(" ", make("span", "muted", data.heading_en));
    this.element.append(heading, ...data.blocks.map(blockOf));
  }

  isThere(): boolean {
    return true;
  }

  async approach(): Promise<void> {}
}

/** The words of a page, for a document that came without a text of its own. */
export class PageWords implements Part {
  readonly element = make("section", "words");
  private asked = false;

  constructor(
    readonly first: number,
    pages: number,
  ) {
    this.element.append(make("h2", "", word("page_of", { page: first + 1, pages })));
  }

  get last(): number {
    return this.first;
  }

  isThere(): boolean {
    return this.element.childElementCount > 1;
  }

  async approach(near: boolean): Promise<void> {
    if (!near || this.asked) return;
    this.asked = true;
    try {
      const { paragraphs } = await server.get<{ paragraphs: readonly string[] }>(`pages/${this.first + 1}/words/`);
      const texts = paragraphs.length ? paragraphs : [word("no_words")];
      this.element.append(...texts.map((text) => make("p", "", text)));
    } catch (error) {
      this.asked = false;
      throw error;
    }
  }
}

function blockOf(block: Block): HTMLElement {
  switch (block.kind) {
    case "heading":
      return make("h3", "", block.text);
    case "paragraph":
      return withRuns(make("p"), block.runs);
    case "fields":
      return fieldList(block.rows);
    case "table":
      return table(block.head, block.rows);
  }
}

function fieldList(rows: readonly Row[]): HTMLElement {
  const list = make("dl");
  for (const { label, runs } of rows) {
    const row = make("div");
    row.append(make("dt", "", label), withRuns(make("dd"), runs));
    list.append(row);
  }
  return list;
}

function table(head: readonly string[], rows: readonly (readonly (readonly Run[])[])[]): HTMLElement {
  const frame = make("div", "scroll");
  frame.tabIndex = 0; // scrolls sideways, by keys too
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", head.join("、"));
  const [grid, top, body] = [make("table"), make("thead"), make("tbody")];
  top.append(rowOf(head.map((text) => make("th", "", text))));
  body.append(...rows.map((cells) => rowOf(cells.map((runs) => withRuns(make("td"), runs)))));
  grid.append(top, body);
  frame.append(grid);
  return frame;
}

function rowOf(cells: readonly HTMLElement[]): HTMLElement {
  const row = make("tr");
  row.append(...cells);
  return row;
}

function withRuns(element: HTMLElement, runs: readonly Run[]): HTMLElement {
  element.append(...runs.map(({ text, filled }) => (filled ? make("mark", "", text) : text)));
  return element;
}

export function make(tag: string, name = "", text = ""): HTMLElement {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}
