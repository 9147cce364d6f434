import { expect, test } from "vitest";
import { toRect } from "../shared/geometry";
import { type Field, besideWords, copies, frameOf, moved, onPage, placed, sized, snapped } from "./fields";

const A4 = { w: 595.276, h: 841.89 };
const WIDE = { w: 841.89, h: 595.276 };
const near = { x: 0.01, y: 0.01 };
const text = (changes: Partial<Field> = {}): Field => ({
  id: "t", kind: "text", page: 1, x: 0.2, y: 0.3, w: 0.2, h: 0.02, text: "{worker.name}", size: 10.5, ...changes,
});

test("a new seal is life-size around the point, and stays on the page", () => {
  const seal = placed("seal", "s", [A4], 1, 0.5, 0.5);
  expect(seal.w * A4.w).toBeCloseTo((42 / 25.4) * 72, 2);
  expect(seal.x + seal.w / 2).toBeCloseTo(0.5, 5);
  const corner = placed("seal", "s", [A4], 1, 1, 1);
  expect(corner.x + corner.w).toBeCloseTo(1, 5);
  expect(corner.y + corner.h).toBeCloseTo(1, 5);
});

test("a cross-page seal moves along the edge only", () => {
  const seam = placed("seam", "s", [A4, A4, A4], 1, 0.2, 0.5);
  expect(seam.w * A4.w).toBeCloseTo((14 / 25.4) * 72, 2);
  const put = moved(seam, 0.1, 0.9);
  expect(put.x + put.w).toBeCloseTo(1, 5);
  expect(put.y + put.h).toBeCloseTo(1, 5);
  expect(sized(seam, 0.5, 0.5, A4)).toBe(seam);
});

test("nothing gets off the page or too small to be read", () => {
  expect(moved(text(), -1, 2)).toMatchObject({ x: 0, y: 0.98 });
  const small = sized(text(), 0, 0, A4);
  expect(small.w * A4.w).toBeCloseTo(10, 2);
  expect(small.h * A4.h).toBeCloseTo(10, 2);
  expect(sized(text(), 3, 3, A4)).toMatchObject({ w: 0.8, h: 0.7 });
});

test("on a page of another size a field stays as large in points", () => {
  const [left, bottom, right, top] = toRect(onPage(text(), 2, [A4, WIDE]), frameOf(WIDE));
  expect(right - left).toBeCloseTo(0.2 * A4.w, 2);
  expect(top - bottom).toBeCloseTo(0.02 * A4.h, 2);
});

test("a field is drawn to the edges and middles of others and to the middle of the page", () => {
  const other = text({ id: "o", x: 0.25, y: 0.5 });
  const drawn = snapped(text({ x: 0.246, y: 0.1 }), [other], near);
  expect(drawn.field.x).toBe(0.25);
  expect(drawn.across).toEqual([0.25, 0.35, 0.45]);
  expect(drawn.field.y).toBe(0.1);
  expect(snapped(text({ x: 0.404 }), [], near).field.x).toBe(0.4);
  expect(snapped(text({ x: 0.43 }), [], near).field.x).toBe(0.43);
  expect(snapped(text({ x: 0.246 }), [{ ...other, page: 2 }], near).field.x).toBe(0.246);
});

test("beside words a signature follows them, at the edge it goes below, a seal stands on them", () => {
  const words = { page: 2, x: 0.5, y: 0.8, w: 0.15, h: 0.02 };
  const sheets = [A4, A4];
  const sign = besideWords(placed("signature", "s", sheets, 1, 0.5, 0.5), words, sheets);
  expect(sign.page).toBe(2);
  expect(sign.x).toBeGreaterThan(0.65);
  expect(sign.y + sign.h / 2).toBeCloseTo(0.81, 5);
  const edge = besideWords(placed("signature", "s", sheets, 1, 0.5, 0.5), { ...words, x: 0.8 }, sheets);
  expect(edge.y).toBeGreaterThan(0.82);
  const seal = besideWords(placed("seal", "s", sheets, 1, 0.5, 0.5), words, sheets);
  expect(seal.x + seal.w / 2).toBeCloseTo(0.575, 5);
});

test("a text is copied once to every other page", () => {
  const sheets = [A4, A4, A4];
  let count = 0;
  const first = copies(text(), [text()], sheets, () => `n${count++}`);
  expect(first.map(({ page }) => page)).toEqual([2, 3]);
  expect(copies(text(), [text(), ...first], sheets, () => "x")).toEqual([]);
});
