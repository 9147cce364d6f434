// Writing one's name, or typing it.

import type { Outline } from "./draft";
import { order } from "./images";
import { consentRow, type Text } from "./landing";
import { arrive, byId, fill, go, onTap, ready, say, server, show, store, word } from "./page";
import { typedMark } from "./sheet";
import { Writing } from "./writing";

const ZOOMED = 1.5; // how large the page is on which the signature is placed (styles/placing.css)

type Way = "choose" | "by-hand" | "by-name";

export async function pad(): Promise<void> {
  const session = await arrive("pad");
  const personal = session?.personal;
  if (!session || !personal) return;
  const { name, document_sha256, typed_names } = personal;
  const before = store.draftOf(document_sha256);
  const texts = await server.get<readonly Text[]>("consents/");
  const strokeText = texts.find((text) => text.kind === "stroke_data");
  const consent = strokeText && consentRow(strokeText);
  if (consent) byId("stroke-consent").append(consent.row);
  fill({ name });
  const kept = { document: document_sha256, name, box: before?.box ?? null };

  const writing = new Writing(name, before && !before.typed ? before : null, {
    async done(written) {
      if (strokeText && consent?.box.checked && !strokeText.accepted) {
        await server.post("consents/", { kind: strokeText.kind, version: strokeText.version });
      }
      store.keepDraft({ ...kept, ...written, typed: null });
      go("place");
    },
    left: () => choose("choose"),
  });

  const next = byId<HTMLButtonElement>("next");
  let way: Way = "choose";
  let outline: Outline | null = before?.typed ?? null;
  async function choose(wanted: Way): Promise<void> {
    if (wanted === "by-name" && !outline) outline = await server.get<Outline>("typed-name/");
    if (wanted === "by-name" && !byId("typed-preview").firstChild) {
      byId("typed-preview").append(typedMark(outline as Outline));
    }
    way = wanted;
    say("");
    show(byId("choose"), way !== "by-name");
    show(byId("instead"), way !== "by-name" && typed_names);
    show(byId("by-name"), way === "by-name");
    next.textContent = word(way === "by-name" ? "use_typed" : "write");
    if (way === "by-hand") writing.open();
    else writing.close();
    if (way === "by-name") byId("typed").focus();
  }
  onTap(byId<HTMLButtonElement>("type-instead"), () => choose("by-name"));
  onTap(byId<HTMLButtonElement>("write-instead"), () => choose("choose"));
  onTap(next, async () => {
    if (way === "choose") return choose("by-hand");
    if (plain(byId<HTMLInputElement>("typed").value) !== plain(name)) {
      say(word("typed_differs", { name }));
      byId("typed").focus();
      return;
    }
    store.keepDraft({ ...kept, strokes: [], pad: { w: 1, h: 1 }, turned: false, typed: outline });
    go("place");
  });
  order(window.innerWidth * ZOOMED);
  ready();
  byId<HTMLInputElement>("typed").value = before?.typed ? name : "";
  await choose(before ? (before.typed ? "by-name" : "by-hand") : "choose");
}

/** Without what people put between the parts of a name; the server compares strictly. */
function plain(name: string): string {
  return name.replace(/[\s·•‧]/g, "");
}
