// Fields on the pages of an uploaded document: moving, sizing, aligning, copying. Places are fractions of a page.

import type { Box, PageFrame } from "../shared/geometry";

export type Kind = "signature" | "seal" | "signature_date" | "seal_date" | "seam" | "date" | "text";
export interface Field extends Box {
  readonly id: string;
  readonly kind: Kind;
  readonly text?: string;
  readonly size?: number;
}
/** The size of a page in points. */
export interface Sheet {
  readonly w: number;
  readonly h: number;
}
export interface Snapped {
  readonly field: Field;
  /** Where the lines are that it was drawn to: fractions across, and down. */
  readonly across: readonly number[];
  readonly down: readonly number[];
}

export const MILLIMETRE = 72 / 25.4; // points
const SEAL = 42 * MILLIMETRE;
const LEAST = 10; // points: what is smaller cannot be read
const DIGITS = 1e6;
/** Points: how large a new field is. */
const SIZES: Record<Kind, readonly [number, number]> = {
  signature: [50 * MILLIMETRE, 18 * MILLIMETRE],
  seal: [SEAL, SEAL],
  signature_date: [30 * MILLIMETRE, 5 * MILLIMETRE],
  seal_date: [30 * MILLIMETRE, 5 * MILLIMETRE],
  seam: [LEAST, SEAL],
  date: [36 * MILLIMETRE, 6 * MILLIMETRE],
  text: [50 * MILLIMETRE, 6 * MILLIMETRE],
};
const GAP = 2 * MILLIMETRE;

export const isMark = ({ kind }: Field): boolean => kind === "signature" || kind === "seal";
/** The day on which a party signs. */
export const isDay = ({ kind }: Field): boolean => kind === "signature_date" || kind === "seal_date";
/** A field of the signed PDF, which none other may overlap. */
export const isWidget = (field: Field): boolean => isMark(field) || isDay(field);
/** The whole page, unturned: sanitised pages begin at the origin. */
export const frameOf = ({ w, h }: Sheet): PageFrame => ({ left: 0, bottom: 0, right: w, top: h, rotate: 0 });

/** A new field with its middle at (x, y). */
export function placed(
  kind: Kind,
  id: string,
  sheets: readonly Sheet[],
  page: number,
  x: number,
  y: number,
  text = "",
): Field {
  const sheet = sheets[page - 1]!;
  const share = kind === "seam" ? Math.max(SEAL / sheets.length, LEAST) : SIZES[kind][0];
  const w = Math.min(1, share / sheet.w);
  const h = Math.min(1, SIZES[kind][1] / sheet.h);
  const filled = kind === "date" || kind === "text" ? { text, size: 10.5 } : {};
  return moved({ id, kind, page, x: 0, y: 0, w, h, ...filled }, x - w / 2, y - h / 2);
}

/** With its corner at (x, y), or as near as the page allows; a cross-page seal stays at the edge. */
export function moved(field: Field, x: number, y: number, page = field.page): Field {
  const left = field.kind === "seam" ? 1 - field.w : between(x, 0, 1 - field.w);
  return { ...field, page, x: rounded(left), y: rounded(between(y, 0, 1 - field.h)) };
}

/** As wide and high as wanted, from the same corner; readable, and on the page. */
export function sized(field: Field, w: number, h: number, sheet: Sheet): Field {
  if (field.kind === "seam") return field;
  return {
    ...field,
    w: rounded(between(w, LEAST / sheet.w, 1 - field.x)),
    h: rounded(between(h, LEAST / sheet.h, 1 - field.y)),
  };
}

/** On another page at the same place, as large in points. */
export function onPage(field: Field, page: number, sheets: readonly Sheet[]): Field {
  const [from, to] = [sheets[field.page - 1]!, sheets[page - 1]!];
  const w = rounded(Math.min(1, (field.w * from.w) / to.w));
  const h = rounded(Math.min(1, (field.h * from.h) / to.h));
  return moved({ ...field, w, h }, field.x, field.y, page);
}

/** Drawn to the edges and middles of others on its page, and to the page's middle, where they are `near`. */
export function snapped(field: Field, others: readonly Field[], near: { readonly x: number; readonly y: number }): Snapped {
  const there = others.filter((other) => other.page === field.page && other.id !== field.id);
  const across = [0.5].concat(...there.map(({ x, w }) => edges(x, w)));
  const down = ([] as number[]).concat(...there.map(({ y, h }) => edges(y, h)));
  const [dx, linesX] = pull(edges(field.x, field.w), across, near.x);
  const [dy, linesY] = pull(edges(field.y, field.h), down, near.y);
  return { field: moved(field, field.x + dx, field.y + dy), across: linesX, down: linesY };
}

/** Beside the words that were found, or below them at the right edge; a seal stands on them. */
export function besideWords(field: Field, words: Box, sheets: readonly Sheet[]): Field {
  const there = onPage(field, words.page, sheets);
  const middle = words.y + words.h / 2 - there.h / 2;
  if (field.kind === "seal") return moved(there, words.x + words.w / 2 - there.w / 2, middle);
  const sheet = sheets[words.page - 1]!;
  const right = words.x + words.w + GAP / sheet.w;
  if (right + there.w <= 1) return moved(there, right, middle);
  return moved(there, words.x, words.y + words.h + GAP / sheet.h);
}

/** The same text at the same place on all other pages that do not have it there yet. */
export function copies(
  field: Field,
  all: readonly Field[],
  sheets: readonly Sheet[],
  newId: () => string,
): Field[] {
  return sheets
    .map((_, index) => ({ ...onPage(field, index + 1, sheets), id: newId() }))
    .filter((copy) => copy.page !== field.page && !all.some((other) => same(copy, other)));
}

function same(one: Field, other: Field): boolean {
  const sides = ["page", "x", "y", "kind", "text"] as const;
  return sides.every((side) => one[side] === other[side]);
}

/** How far the nearest of `own` is from the nearest of `lines`, within `near`; and the lines it meets. */
function pull(own: readonly number[], lines: readonly number[], near: number): [number, number[]] {
  let best = Infinity;
  for (const edge of own) {
    for (const line of lines) {
      if (Math.abs(line - edge) <= near && Math.abs(line - edge) < Math.abs(best)) best = line - edge;
    }
  }
  if (best === Infinity) return [0, []];
  return [best, lines.filter((line) => own.some((edge) => Math.abs(edge + best - line) < 1 / DIGITS))];
}

/** Beginning, middle and end. */
function edges(start: number, length: number): number[] {
  return [start, start + length / 2, start + length];
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

function rounded(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}
