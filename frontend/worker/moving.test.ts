import { expect, test } from "vitest";
import { contains } from "../shared/geometry";
import { movedTo, onPage, sized } from "./moving";

const BOX = { page: 2, x: 0.4, y: 0.8, w: 0.2, h: 0.05 };
const ZONE = { page: 2, x: 0.3, y: 0.7, w: 0.4, h: 0.2 };

test.each([null, ZONE])("a box stays in its room wherever it is dragged (zone: %o)", (zone) => {
  const room = zone || { page: 2, x: 0, y: 0, w: 1, h: 1 };
  for (const [x, y] of [[-3, -3], [9, 9], [0.35, 9]] as const) {
    expect(contains(room, movedTo(BOX, x, y, zone))).toBe(true);
  }
});

test("a box grows around its middle, keeps its proportions, and fills its room at most", () => {
  const grown = sized(BOX, 1.5, null);
  expect(grown.w / grown.h).toBeCloseTo(BOX.w / BOX.h);
  expect(grown.x + grown.w / 2).toBeCloseTo(0.5);

  const huge = sized(BOX, 99, ZONE);
  expect(contains(ZONE, huge)).toBe(true);
  expect(huge.w).toBeCloseTo(ZONE.w);
});

test("it never becomes too small to be read", () => {
  let box = BOX;
  for (let i = 0; i < 50; i++) box = sized(box, 1 / 1.15, null);
  expect(box.w).toBeCloseTo(0.06);
});

test("there is no page before the first or after the last", () => {
  expect([onPage(BOX, 0, 4).page, onPage(BOX, 3, 4).page, onPage(BOX, 5, 4).page]).toEqual([1, 3, 4]);
});
