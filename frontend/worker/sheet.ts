// One page with the signature on it: to be moved on the placing page, to be looked at before confirming.

import type { Box, PageFrame } from "../shared/geometry";
import type { Draft, Outline } from "./draft";
import { draw, pageFigure } from "./images";
import { curveOf } from "./ink";
import { word } from "./page";

const EDGE = 12; // px between the signature and the edge of the view
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
    this.sticker.append(draft.typed ? typedMark(draft.typed) : inkMark(draft));
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

  /** Scroll `view` just so far that the whole signature is in it. */
  follow(view: HTMLElement): void {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = this.sticker;
    const [right, bottom] = [left + width - view.clientWidth + EDGE, top + height - view.clientHeight + EDGE];
    view.scrollLeft = Math.min(Math.max(view.scrollLeft, right), Math.max(0, left - EDGE));
    view.scrollTop = Math.min(Math.max(view.scrollTop, bottom), Math.max(0, top - EDGE));
  }

  /** Where on the page a point of the screen is, in fractions of the page. */
  at(clientX: number, clientY: number): [number, number] {
    const { left, top, width, height } = (this.figure as HTMLElement).getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }
}

function inkMark(draft: Draft): Element {
  const { box, path, thickness } = curveOf(draft.strokes, draft.pad);
  const look = { d: path, fill: "none", stroke: "#000", "stroke-width": thickness, "stroke-linecap": "round" };
  return picture(box, { ...look, "stroke-linejoin": "round" });
}

/** The outlines that the server will draw. */
export function typedMark({ width, height, path }: Outline): Element {
  return picture(`0 0 ${width} ${height}`, { d: path });
}

function picture(viewBox: string, path: Record<string, string | number>): Element {
  const whole = shape("svg", { viewBox, role: "img", "aria-label": word("signature_alt") });
  whole.append(shape("path", path));
  return whole;
}

function shape(name: string, attributes: Record<string, string | number>): Element {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, String(value)));
  return element;
}

function percent(fraction: number): string {
  return `${fraction * 100}%`;
}
