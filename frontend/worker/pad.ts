// Writing one's name, or typing it.

import SignaturePad from "signature_pad";
import type { Draft } from "./draft";
import { type Pad, type Stroke, isReadable, refit, tidy } from "./ink";
import { consentRow, type Text } from "./landing";
import { arrive, byId, go, onTap, ready, say, server, show, store, word } from "./page";

const DENSEST = 2; // canvas pixels per screen pixel

export async function pad(): Promise<void> {
  const session = await arrive("pad");
  const personal = session?.personal;
  if (!session || !personal) return;
  const document_sha256 = personal.document_sha256;
  const before = store.draftOf(document_sha256);
  const texts = await server.get<readonly Text[]>("consents/");
  const strokeText = texts.find((text) => text.kind === "stroke_data");
  const consent = strokeText && consentRow(strokeText);
  if (consent) byId("stroke-consent").append(consent.row);
  byId("watermark").textContent = personal.name;
  byId("watermark").style.fontSize = `${Math.min(4, 16 / personal.name.length)}rem`; // on one line
  byId("typed-preview").textContent = personal.name;
  byId<HTMLInputElement>("typed").value = before?.typed ? personal.name : "";
  ready();

  const canvas = byId<HTMLCanvasElement>("canvas");
  const writing = new SignaturePad(canvas, { minWidth: 1.4, maxWidth: 3.6, penColor: "#000", minDistance: 3 });
  let size: Pad = { w: 0, h: 0 };
  // What was written and on which size of the pad: fitted anew from there, it does not shrink turn by turn.
  let written = { lines: before?.strokes ?? [], on: before?.pad ?? size };

  const strokes = (): Stroke[] =>
    writing
      .toData()
      .map((group) => group.points.map(({ x, y, time, pressure }) => [x, y, time, pressure || 0.5] as const));
  const put = (lines: readonly Stroke[]): void => {
    const look = { dotSize: 2, minWidth: 1.4, maxWidth: 3.6, penColor: "#000", velocityFilterWeight: 0.7 };
    writing.fromData(
      lines.map((line) => ({
        ...look,
        compositeOperation: "source-over" as const,
        points: line.map(([x, y, time, pressure]) => ({ x, y, time, pressure })),
      })),
    );
  };

  // A canvas that changes its size is empty: its lines are fitted to the new size and drawn again.
  function fit(): void {
    const [w, h] = [canvas.clientWidth, canvas.clientHeight];
    if (!w || !h || (w === size.w && h === size.h)) return;
    const ratio = Math.min(window.devicePixelRatio || 1, DENSEST);
    canvas.width = w * ratio;
    canvas.height = h * ratio;
    canvas.getContext("2d")?.scale(ratio, ratio);
    size = { w, h };
    put(written.lines.length ? refit(written.lines, written.on, size) : []);
    mark();
  }

  function changed(): void {
    written = { lines: strokes(), on: size };
    mark();
  }

  function mark(): void {
    const empty = writing.isEmpty();
    show(byId("watermark"), empty);
    byId<HTMLButtonElement>("undo").disabled = empty;
    byId<HTMLButtonElement>("clear").disabled = empty;
  }

  fit();
  window.addEventListener("resize", fit);
  writing.addEventListener("beginStroke", () => show(byId("watermark"), false));
  writing.addEventListener("endStroke", changed);
  // Older iPhones scroll the page under the finger in spite of touch-action.
  byId("paper").addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });
  onTap(byId<HTMLButtonElement>("undo"), () => {
    put(strokes().slice(0, -1));
    changed();
  });
  onTap(byId<HTMLButtonElement>("clear"), () => {
    writing.clear();
    changed();
  });

  let typed = false;
  const choose = (typing: boolean): void => {
    typed = typing;
    show(byId("by-hand"), !typed);
    show(byId("by-name"), typed);
    say("");
    if (typed) byId("typed").focus();
    else fit();
  };
  onTap(byId<HTMLButtonElement>("type-instead"), () => choose(true));
  onTap(byId<HTMLButtonElement>("write-instead"), () => choose(false));
  if (before?.typed) choose(true);

  onTap(byId<HTMLButtonElement>("next"), async () => {
    const kept = { document: document_sha256, name: personal.name, pad: size, box: before?.box ?? null };
    let draft: Draft;
    if (typed) {
      if (byId<HTMLInputElement>("typed").value.replace(/\s/g, "") !== personal.name.replace(/\s/g, "")) {
        say(word("typed_differs", { name: personal.name }));
        byId("typed").focus();
        return;
      }
      draft = { ...kept, strokes: [], typed: true };
    } else {
      const lines = tidy(strokes(), size);
      if (!isReadable(lines, size)) {
        say(word("write_first"));
        return;
      }
      draft = { ...kept, strokes: lines, typed: false };
    }
    if (strokeText && consent?.box.checked && !strokeText.accepted && !typed) {
      await server.post("consents/", { kind: strokeText.kind, version: strokeText.version });
    }
    store.keepDraft(draft);
    go("place");
  });
}
