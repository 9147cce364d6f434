import { describe, expect, test } from "vitest";
import { type Blank, keptText, shownText } from "./blanks";

const BLANKS: Blank[] = [
  { code: "{contract.start|date}", name: "合同起始日期", group: "合同内容" },
  { code: "{item.note|text|—}", name: "说明，没有时写“—”", group: "工资构成" },
];

describe("blanks", () => {
  test.each([
    ["自{contract.start|date}起", "自【合同起始日期】起"],
    ["{item.note|text|—}", "【说明，没有时写“—”】"],
    ["a {{b}} c", "a {b} c"],
    ["【不存在】", "【不存在】"],
    ["", ""],
  ])("%s is shown as %s and comes back", (kept, shown) => {
    expect(shownText(kept, BLANKS)).toBe(shown);
    expect(keptText(shown, BLANKS)).toBe(kept);
  });
});
