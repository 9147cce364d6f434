// Pictures of pages. They need the session's secret, so a script fetches them; the server makes them on demand.

import type { PageFrame } from "../shared/geometry";
import { displayedSize } from "../shared/geometry";
import { say, server, word } from "./page";
import { Refusal } from "./send";

const WIDTHS = [720, 1080];
const PATIENCE = 60; // times that a page may be “not ready”

/** Width of the picture that is sharp enough when it fills `pixels` of the screen. */
export function pictureWidth(pixels: number): number {
  const dots = pixels * Math.min(window.devicePixelRatio || 1, 2);
  return WIDTHS.find((width) => width >= dots * 0.9) || (WIDTHS[WIDTHS.length - 1] as number);
}

/** A frame that has the page's shape before its picture is there. */
export function pageFigure(page: number, pages: number, frame: PageFrame): HTMLElement {
  const figure = document.createElement("figure");
  const [width, height] = displayedSize(frame);
  figure.className = "page";
  figure.dataset.page = String(page);
  figure.style.paddingTop = `${(height / width) * 100}%`;
  const image = document.createElement("img");
  image.alt = word("page_alt", { page, pages });
  image.decoding = "async";
  image.addEventListener("error", () => image.hasAttribute("src") && say(word("no_picture")));
  figure.append(image);
  return figure;
}

/** Load the page's picture into its figure, once for each width. */
export async function draw(figure: HTMLElement): Promise<void> {
  const width = pictureWidth(figure.clientWidth);
  if (Number(figure.dataset.width) >= width) return;
  figure.dataset.width = String(width);
  try {
    const picture = await fetchPage(Number(figure.dataset.page), width);
    const image = figure.querySelector("img") as HTMLImageElement;
    if (image.src) URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(picture);
    figure.dataset.drawn = "1";
  } catch (error) {
    delete figure.dataset.width;
    throw error;
  }
}

/** Let go of a picture that is far away: phones have little memory. */
export function drop(figure: HTMLElement): void {
  const image = figure.querySelector("img") as HTMLImageElement;
  if (!figure.dataset.drawn) return;
  URL.revokeObjectURL(image.src);
  image.removeAttribute("src");
  delete figure.dataset.drawn;
  delete figure.dataset.width;
}

/** Have the pictures made that will be wanted for `pixels` of the screen, so that nobody waits for them then. */
export function order(pixels: number): void {
  server.getBlob(path(1, pictureWidth(pixels))).catch(() => undefined);
}

async function fetchPage(page: number, width: number): Promise<Blob> {
  for (let asked = 1; ; asked++) {
    try {
      return await server.getBlob(path(page, width));
    } catch (error) {
      if (!(error instanceof Refusal) || error.problem.code !== "page_not_ready" || asked === PATIENCE) throw error;
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfter || 1) * 1000));
    }
  }
}

function path(page: number, width: number): string {
  return `pages/${page}/?width=${width}`;
}
