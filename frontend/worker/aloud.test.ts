import { expect, test } from "vitest";
import { Aloud, sentences } from "./aloud";

/** A voice that remembers what it was told to say, and a text of two sections. */
function scene() {
  const said: string[] = [];
  const marks: (number | null)[] = [];
  let ended = (): void => undefined;
  const aloud = new Aloud(
    {
      say: (text, done) => {
        said.push(text);
        ended = done;
      },
      stop: () => undefined,
    },
    {
      sections: 2,
      pieces: (section) => [["一", "二"], ["三"]][section] ?? [],
      reading: (section) => void marks.push(section),
    },
  );
  return { aloud, said, marks, end: () => ended() };
}

test("it reads section after section and ends by itself", () => {
  const { aloud, said, marks, end } = scene();
  aloud.play(0);
  [1, 2, 3].forEach(end);
  expect(said).toEqual(["一", "二", "三"]);
  expect(marks).toEqual([0, 1, null]);
  expect(aloud.isOn).toBe(false);
});

test("after a pause it goes on with the piece that was cut off, in another section with its beginning", () => {
  const { aloud, said, end } = scene();
  aloud.play(0);
  end();
  aloud.pause();
  end(); // late news of what was cut off
  aloud.play(0);
  aloud.play(1);
  aloud.play(0);
  expect(said).toEqual(["一", "二", "二", "三", "一"]);
});

test("sentences are short enough for one breath", () => {
  expect(sentences("甲方支付工资。 乙方提供劳动；双方履行合同")).toEqual(["甲方支付工资。", "乙方提供劳动；", "双方履行合同"]);
  const long = sentences(`${"甲乙丙丁戊己，".repeat(30)}完。`);
  expect(Math.max(...long.map((one) => one.length))).toBeLessThanOrEqual(80);
  expect(long.join("")).toBe(`${"甲乙丙丁戊己，".repeat(30)}完。`);
});
