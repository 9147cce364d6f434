import { expect, test } from "vitest";
import table from "../../tests/data/geometry-cases.json";
import { type Box, type PageFrame, placeFault, type Rect, toBox, toRect } from "./geometry";

const PRECISION = 9; // decimal places

function frameOf(crop: readonly number[], rotate: number): PageFrame {
  const [left = NaN, bottom = NaN, right = NaN, top = NaN] = crop;
  return { left, bottom, right, top, rotate: rotate as PageFrame["rotate"] };
}

function boxOf(numbers: readonly number[]): Box {
  const [page = NaN, x = NaN, y = NaN, w = NaN, h = NaN] = numbers;
  return { page, x, y, w, h };
}

test.each(table.cases)("$name: a box has its place in user space", ({ crop, rotate, box, rect }) => {
  const frame = frameOf(crop, rotate);

  const found = toRect(boxOf([1, ...box]), frame);
  const back = toBox(rect as unknown as Rect, frame, 1);

  found.forEach((number, index) => expect(number).toBeCloseTo(rect[index] ?? NaN, PRECISION));
  [back.x, back.y, back.w, back.h].forEach((number, index) =>
    expect(number).toBeCloseTo(box[index] ?? NaN, PRECISION),
  );
});

interface Place {
  name: string;
  pages: number[][];
  box: number[];
  zone?: number[];
  keep_clear?: number[][];
  code: string | null;
}

test.each(table.places as Place[])("$name: where a mark may stand", ({ pages, box, zone, keep_clear, code }) => {
  const frames = pages.map((page) => frameOf(page, page[4] ?? 0));

  const fault = placeFault(boxOf(box), frames, {
    ...(zone && { zone: boxOf(zone) }),
    ...(keep_clear && { keepClear: keep_clear.map(boxOf) }),
  });

  expect(fault).toBe(code);
});

test("numbers that are none stand outside every page", () => {
  const frames = [frameOf([0, 0, 600, 800], 0)];

  expect(placeFault(boxOf([1, NaN, 0.1, 0.2, 0.1]), frames)).toBe("place_outside_page");
  expect(placeFault(boxOf([1.5, 0.1, 0.1, 0.2, 0.1]), frames)).toBe("place_outside_page");
});
