import { expect, test } from "vitest";
import { curveOf, isReadable, refit, sideways, type Stroke, tidy, turned, turnedBack } from "./ink";

const PAD = { w: 200, h: 100 };
const line: Stroke = [
  [20, 20, 1000, 0.5],
  [60, 40, 1016, 0.5],
  [100, 20, 1032, 0.5],
];

test("on a pad of another shape the strokes keep their shape, in the middle", () => {
  const [turned] = refit([line], PAD, { w: 500, h: 50 });

  expect(turned).toEqual([
    [210, 10, 1000, 0.5],
    [230, 20, 1016, 0.5],
    [250, 10, 1032, 0.5],
  ]);
  expect(refit([line], PAD, PAD)).toEqual([line]);
});

test("what is written sideways is turned to be read, and back", () => {
  // On an upright phone one writes downwards; the head of a character points to the right.
  const upright = { w: 100, h: 200 };
  const downwards: Stroke = [
    [80, 20, 0, 0.5],
    [80, 150, 16, 0.5],
    [30, 150, 32, 0.5],
  ];

  const read = turned([downwards], upright);

  expect(read[0]?.map(([x, y]) => [x, y])).toEqual([
    [20, 20],
    [150, 20],
    [150, 70],
  ]);
  expect(turnedBack(read, upright)).toEqual([downwards]);
  expect(sideways(upright)).toEqual({ w: 200, h: 100 });
});

test("no point leaves the pad, and time begins with the first", () => {
  const wild: Stroke = [
    [-5, 50, 1000, 0.5],
    [250, 120, 1100, 0.5],
  ];

  expect(tidy([wild, []], PAD)).toEqual([
    [
      [0, 50, 0, 0.5],
      [200, 100, 100, 0.5],
    ],
  ]);
});

test("nothing and a dot are no signature", () => {
  expect(isReadable([], PAD)).toBe(false);
  expect(isReadable([[[50, 50, 0, 0.5]]], PAD)).toBe(false);
  expect(isReadable([line], PAD)).toBe(true);
});

test("the curve goes through the middles and is cropped to the ink, as on paper", () => {
  const { box, path, thickness } = curveOf([line], PAD);

  expect(thickness).toBeCloseTo(3.2);
  expect(box).toBe("16.8 16.8 86.4 26.4");
  expect(path).toBe("M20 20Q60 40 80 30L100 20");
});
