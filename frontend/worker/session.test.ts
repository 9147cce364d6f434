import { expect, test } from "vitest";
import { detour, nextStep, type Session, type Step } from "./session";

const fresh: Session = {
  sender: "示例单位",
  title: "劳动合同",
  sent_to: "*******0000",
  expires_at: "2026-11-30T00:00:00Z",
  state: "open",
  party: "invited",
  turn: true,
  identity: "none",
  steps: { consents: false, read: false, place: false },
  personal: null,
};
const done = { consents: true, read: true, place: true };
const proved = { ...fresh, identity: "done" as const };

test.each<[string, Session, boolean, Step]>([
  ["nothing is done", fresh, false, "landing"],
  ["texts are accepted", { ...fresh, steps: { ...done, read: false, place: false } }, false, "identity"],
  ["the phone is proved", { ...proved, steps: { ...done, read: false, place: false } }, false, "read"],
  ["all is read", { ...proved, steps: { ...done, place: false } }, false, "pad"],
  ["the name is written", { ...proved, steps: { ...done, place: false } }, true, "place"],
  ["the signature is placed", { ...proved, steps: done }, true, "confirm"],
  ["the signature is placed, but its picture is gone", { ...proved, steps: done }, false, "pad"],
  ["it is confirmed", { ...proved, party: "confirmed", steps: done }, true, "done"],
  ["it is signed and another browser comes", { ...fresh, party: "signed" }, false, "identity"],
  ["it is signed and that browser is proved", { ...proved, party: "signed" }, false, "done"],
])("when %s, the next step is the right one, and a reload stays there", (_, session, drafted, step) => {
  expect(nextStep(session, drafted)).toBe(step);
  expect(detour(step, session, drafted)).toBe(null);
});

test("one may go back and look, but not ahead", () => {
  const session = { ...proved, steps: { ...done, place: false } };

  expect(detour("read", session, true)).toBe(null);
  expect(detour("pad", session, true)).toBe(null);
  expect(detour("landing", session, true)).toBe(null);
  expect(detour("confirm", session, true)).toBe("place");
  expect(detour("done", session, true)).toBe("place");
  expect(detour("identity", session, true)).toBe("place");
});

test("after the confirmation there is no way back to writing", () => {
  const session = { ...proved, party: "confirmed", steps: done };

  expect(detour("pad", session, true)).toBe("done");
  expect(detour("confirm", session, true)).toBe("done");
});
