// Handwriting as data: strokes of points [x, y, ms, pressure] on a pad, y down, and the curve that the server
// will draw of them (signing/pades/appearance.py).

export type Point = readonly [number, number, number, number];
export type Stroke = readonly Point[];

export interface Pad {
  readonly w: number;
  readonly h: number;
}

/** As the server's: the width of a line and the margin around the ink, in parts of the pad's width. */
const THICKNESS = 3.2 / 200;
const SMALLEST = 0.02; // of the pad; less is a dot

/** Written along the long side of a phone that is held upright: the same strokes as they are read. */
export function turned(strokes: readonly Stroke[], pad: Pad): Stroke[] {
  return strokes.map((stroke) => stroke.map(([x, y, t, p]) => [y, pad.w - x, t, p] as const));
}

/** The inverse of `turned`; `pad` is, here too, the one on the screen. */
export function turnedBack(strokes: readonly Stroke[], pad: Pad): Stroke[] {
  return strokes.map((stroke) => stroke.map(([x, y, t, p]) => [pad.w - y, x, t, p] as const));
}

/** The pad as it is read when it is written on sideways. */
export function sideways({ w, h }: Pad): Pad {
  return { w: h, h: w };
}

/** The strokes on a pad of another size: as large as they fit, in its middle. */
export function refit(strokes: readonly Stroke[], from: Pad, to: Pad): Stroke[] {
  const scale = Math.min(to.w / from.w, to.h / from.h);
  const [left, top] = [(to.w - from.w * scale) / 2, (to.h - from.h * scale) / 2];
  return strokes.map((stroke) => stroke.map(([x, y, t, p]) => [left + x * scale, top + y * scale, t, p] as const));
}

/** The strokes with every point on the pad (a finger may leave it), time from the first point on. */
export function tidy(strokes: readonly Stroke[], pad: Pad): Stroke[] {
  const begin = strokes[0]?.[0]?.[2] ?? 0;
  const within = (value: number, most: number): number => round(Math.min(Math.max(value, 0), most));
  return strokes
    .filter((stroke) => stroke.length > 0)
    .map((stroke) =>
      stroke.map(([x, y, t, p]) => [within(x, pad.w), within(y, pad.h), Math.max(0, t - begin), round(p)] as const),
    );
}

/** Whether it can be read: anything but nothing and a mere dot. */
export function isReadable(strokes: readonly Stroke[], pad: Pad): boolean {
  if (!strokes.length) return false;
  const { width, height } = extent(strokes, 0);
  return width >= SMALLEST * pad.w || height >= SMALLEST * pad.h;
}

export interface Curve {
  /** For the `viewBox` and the `d` of an SVG. */
  readonly box: string;
  readonly path: string;
  readonly thickness: number;
}

/** Each stroke a smooth curve through the middles of its segments, cropped to the ink. */
export function curveOf(strokes: readonly Stroke[], pad: Pad): Curve {
  const thickness = THICKNESS * pad.w;
  const { left, top, width, height } = extent(strokes, thickness);
  return { box: [left, top, width, height].map(round).join(" "), path: strokes.map(pathOf).join(""), thickness };
}

function pathOf(stroke: Stroke): string {
  const first = stroke[0];
  const last = stroke[stroke.length - 1];
  if (!first || !last) return "";
  const parts = [`M${round(first[0])} ${round(first[1])}`];
  for (let i = 1; i + 1 < stroke.length; i++) {
    const [x, y] = stroke[i] as Point;
    const [nextX, nextY] = stroke[i + 1] as Point;
    parts.push(`Q${round(x)} ${round(y)} ${round((x + nextX) / 2)} ${round((y + nextY) / 2)}`);
  }
  parts.push(`L${round(last[0])} ${round(last[1])}`);
  return parts.join("");
}

function extent(
  strokes: readonly Stroke[],
  margin: number,
): { left: number; top: number; width: number; height: number } {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const stroke of strokes) {
    for (const [x, y] of stroke) {
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return { left: left - margin, top: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
