// Where things are on a page; the twin of signing/pades/geometry.py. tests/data/geometry-cases.json holds the
// cases that both must satisfy. The server decides; this one spares the signer a refusal.

const TOLERANCE = 1e-6;
const MIN_POINTS = 10; // 3.5 mm: less cannot be read on paper

/** A place on the displayed page: page from 1; top left corner and size as fractions 0 … 1, y down. */
export interface Box {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The crop box in PDF user space (points, y up) and /Rotate (clockwise). */
export interface PageFrame {
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
  readonly rotate: 0 | 90 | 180 | 270;
}

/** Left, bottom, right, top in user space (points). */
export type Rect = readonly [number, number, number, number];

/** The codes of the server's refusals. */
export type PlaceFault = "place_outside_page" | "place_too_small" | "place_outside_zone" | "place_overlaps";

type Turn = (p: number, q: number) => [number, number];

// (a, b) are fractions of the unturned crop box, b up; (u, v) are fractions of the displayed page, v down.
const displayedFromPage: Record<PageFrame["rotate"], Turn> = {
  0: (a, b) => [a, 1 - b],
  90: (a, b) => [b, a],
  180: (a, b) => [1 - a, b],
  270: (a, b) => [1 - b, 1 - a],
};
const pageFromDisplayed: Record<PageFrame["rotate"], Turn> = {
  0: (u, v) => [u, 1 - v],
  90: (u, v) => [v, u],
  180: (u, v) => [1 - u, v],
  270: (u, v) => [1 - v, 1 - u],
};

/** Width and height of the page as displayed, in points. */
export function displayedSize(frame: PageFrame): [number, number] {
  const width = frame.right - frame.left;
  const height = frame.top - frame.bottom;
  return frame.rotate === 90 || frame.rotate === 270 ? [height, width] : [width, height];
}

/** The box in user space. */
export function toRect(box: Box, frame: PageFrame): Rect {
  const toUser = (u: number, v: number): [number, number] => {
    const [a, b] = pageFromDisplayed[frame.rotate](u, v);
    return [frame.left + a * (frame.right - frame.left), frame.bottom + b * (frame.top - frame.bottom)];
  };
  const [x0, y0] = toUser(box.x, box.y);
  const [x1, y1] = toUser(box.x + box.w, box.y + box.h);
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
}

/** The rectangle as fractions of the displayed page; the inverse of `toRect`. */
export function toBox(rect: Rect, frame: PageFrame, page: number): Box {
  const toDisplayed = (x: number, y: number): [number, number] =>
    displayedFromPage[frame.rotate](
      (x - frame.left) / (frame.right - frame.left),
      (y - frame.bottom) / (frame.top - frame.bottom),
    );
  const [u0, v0] = toDisplayed(rect[0], rect[1]);
  const [u1, v1] = toDisplayed(rect[2], rect[3]);
  return { page, x: Math.min(u0, u1), y: Math.min(v0, v1), w: Math.abs(u1 - u0), h: Math.abs(v1 - v0) };
}

/** Whether `inner` lies wholly inside `outer`, on the same page. */
export function contains(outer: Box, inner: Box): boolean {
  return (
    outer.page === inner.page &&
    inner.x >= outer.x - TOLERANCE &&
    inner.y >= outer.y - TOLERANCE &&
    inner.x + inner.w <= outer.x + outer.w + TOLERANCE &&
    inner.y + inner.h <= outer.y + outer.h + TOLERANCE
  );
}

/** Whether the two share more than an edge, on the same page. */
export function overlaps(one: Box, other: Box): boolean {
  return (
    one.page === other.page &&
    one.x + TOLERANCE < other.x + other.w &&
    other.x + TOLERANCE < one.x + one.w &&
    one.y + TOLERANCE < other.y + other.h &&
    other.y + TOLERANCE < one.y + one.h
  );
}

/** Why a mark may not stand at `box`, or null when it may. `frames` are all pages of the document, in order. */
export function placeFault(
  box: Box,
  frames: readonly PageFrame[],
  limits: { readonly zone?: Box; readonly keepClear?: readonly Box[] } = {},
): PlaceFault | null {
  const frame = frames[box.page - 1];
  const page: Box = { page: box.page, x: 0, y: 0, w: 1, h: 1 };
  if (!frame || ![box.x, box.y, box.w, box.h].every(Number.isFinite) || !contains(page, box)) {
    return "place_outside_page";
  }
  const [width, height] = displayedSize(frame);
  if (box.w * width < MIN_POINTS - TOLERANCE || box.h * height < MIN_POINTS - TOLERANCE) {
    return "place_too_small";
  }
  if (limits.zone && !contains(limits.zone, box)) return "place_outside_zone";
  if (limits.keepClear?.some((other) => overlaps(box, other))) return "place_overlaps";
  return null;
}
