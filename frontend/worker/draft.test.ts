import { expect, test } from "vitest";
import { type Draft, Store } from "./draft";

const DRAFT: Draft = { document: "a".repeat(64), name: "测试甲", strokes: [], pad: { w: 1, h: 1 }, turned: false, typed: null, box: null };

function store(): Store {
  const rows = new Map<string, string>();
  return new Store({
    getItem: (name) => rows.get(name) ?? null,
    setItem: (name, value) => void rows.set(name, value),
    removeItem: (name) => void rows.delete(name),
  });
}

test("a draft counts for its own document only", () => {
  const kept = store();
  kept.keepDraft(DRAFT);

  expect(kept.draftOf(DRAFT.document)).toEqual(DRAFT);
  expect(kept.draftOf("b".repeat(64))).toBe(null);
  kept.wipeDraft();
  expect(kept.draftOf(DRAFT.document)).toBe(null);
});

test("a new link ends the session and the draft of the one before", () => {
  const kept = store();
  kept.takeLink("first");
  kept.begin("secret");
  kept.keepDraft(DRAFT);
  expect(kept.token).toBe(null);

  kept.takeLink("second");

  expect([kept.token, kept.secret, kept.draftOf(DRAFT.document)]).toEqual(["second", null, null]);
});
