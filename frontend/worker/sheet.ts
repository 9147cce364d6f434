// One page with the signature on it: to be moved on the placing page, to be looked at before confirming.

import type { Box, PageFrame } from "../shared/geometry";
import type { Draft } from "./draft";
import { draw, pageFigure } from "./images";
import { curveOf } from "./ink";
import { word } from "./page";

const SVG = "http://www.w3.org/2000/svg";

export class Sheet {
  readonly sticker: HTMLElement;
  private figure: HTMLElement | null = null;

  constructor(
    private readonly holder: HTMLElement,
    private readonly frames: readonly PageFrame[],
    draft: Draft,
  ) {
    this.sticker = document.createElement("div");
    this.sticker.className = "sticker";
    this.sticker.append(draft.typed ? typedMark(draft.name) : inkMark(draft));
  }

  /** Show the box's page, if it is not the one shown, and the signature at its place on it. */
  async show(box: Box): Promise<void> {
    const { style } = this.sticker;
    style.left = percent(box.x);
    style.top = percent(box.y);
    style.width = percent(box.w);
    style.height = percent(box.h);
    const page = String(box.page);
    if (this.figure?.dataset.page !== page) {
      const fresh = pageFigure(box.page, this.frames.length, this.frames[box.page - 1] as PageFrame);
      fresh.append(this.sticker);
      if (this.figure) this.holder.replaceChild(fresh, this.figure);
      else this.holder.append(fresh);
      this.figure = fresh;
    }
    await draw(this.figure);
  }

  /** Scroll the signature to the middle of `view`. */
  centre(view: HTMLElement): void {
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = this.sticker;
    view.scrollLeft = offsetLeft + offsetWidth / 2 - view.clientWidth / 2;
    view.scrollTop = offsetTop + offsetHeight / 2 - view.clientHeight / 2;
  }

  /** Where on the page a point of the screen is, in fractions of the page. */
  at(clientX: number, clientY: number): [number, number] {
    const { left, top, width, height } = (this.figure as HTMLElement).getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }
}

function inkMark(draft: Draft): Element {
  const { box, path, thickness } = curveOf(draft.strokes, draft.pad);
  const picture = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: box, role: "img", "aria-label": word("signature_alt") };
  Object.entries(attributes).forEach(([name, value]) => picture.setAttribute(name, value));
  const line = document.createElementNS(SVG, "path");
  const look = {
    d: path, fill: "none", stroke: "#000", "stroke-width": String(thickness), "stroke-linecap": "round",
    "stroke-linejoin": "round",
  }; // prettier-ignore
  Object.entries(look).forEach(([name, value]) => line.setAttribute(name, value));
  picture.append(line);
  return picture;
}

/** As the server sets it: characters of one size beside one another, the whole fitted into the box. */
function typedMark(name: string): Element {
  const picture = document.createElementNS(SVG, "svg");
  const characters = Array.from(name);
  const width = characters.length * 40 + 8;
  picture.setAttribute("viewBox", `0 0 ${width} 48`);
  const text = document.createElementNS(SVG, "text");
  const look = { x: "4", y: "38", "font-size": "40", textLength: String(width - 8), lengthAdjust: "spacingAndGlyphs" };
  Object.entries(look).forEach(([key, value]) => text.setAttribute(key, value));
  text.setAttribute("class", "typed-mark");
  text.textContent = name;
  picture.append(text);
  return picture;
}

function percent(fraction: number): string {
  return `${fraction * 100}%`;
}
