// The document, as pages or in words. A page counts as read when its end was on the screen.

import { Aloud, chineseVoice, sentences } from "./aloud";
import { menu, showGist, type Companion } from "./companion";
import { arrive, byId, flat, go, onTap, ready, report, server, show, word } from "./page";
import { Page, PageWords, type Part, Section } from "./parts";

const LOOK = 250; // ms between two looks at what is on the screen
const NEAR = 2; // parts before and after the visible one that are loaded
const ZOOMS = [100, 125, 150, 200]; // %
const STRIDE = 0.85; // of the screen, at most, at one tap

export async function read(): Promise<void> {
  const session = await arrive("read");
  const personal = session?.personal;
  if (!session || !personal) return;
  const { pages, frames, document_sha256 } = personal;
  const companion = await server.get<Companion>("companion/");
  const leaves = frames.map((frame, index) => new Page(index, pages, frame));
  const texts: readonly Part[] = companion.sections.length
    ? companion.sections.map((data) => new Section(data))
    : frames.map((_, index) => new PageWords(index, pages));
  const [sheets, words] = [byId("sheets"), byId("text")];
  sheets.append(...leaves.map(({ element }) => element));
  words.append(...texts.map(({ element }) => element));
  showGist(companion);
  menu(companion);
  ready();

  const dwell = new Array<number>(pages).fill(0);
  const ended = new Set<Part>();
  const next = byId<HTMLButtonElement>("next");
  let parts: readonly Part[] = leaves;
  let current = 0;

  /** Read as a picture to its end, or in all the sections that stand on it. */
  function isRead(page: number): boolean {
    if (session?.steps.read || ended.has(leaves[page] as Part)) return true;
    const on = texts.filter(({ first, last }) => first <= page && page <= last);
    return on.length > 0 && on.every((text) => ended.has(text));
  }

  const top = (): number => byId("bar").getBoundingClientRect().bottom;
  const bottom = (): number => byId("act").getBoundingClientRect().top;

  function look(): void {
    const [from, to] = [top(), bottom()];
    const rects = parts.map(({ element }) => element.getBoundingClientRect());
    const shares = rects.map((rect) => Math.min(rect.bottom, to) - Math.max(rect.top, from));
    current = shares.indexOf(Math.max(...shares));
    const isOn = document.visibilityState === "visible";
    parts.forEach((part, index) => {
      part.approach(Math.abs(index - current) <= NEAR).catch(report);
      if (!isOn || !part.isThere()) return;
      // A section counts for the page on which it begins.
      if ((shares[index] ?? 0) > 0) dwell[part.first] = (dwell[part.first] ?? 0) + LOOK;
      const end = (rects[index] as DOMRect).bottom;
      if (end <= to + 2 && end > from) ended.add(part);
    });
    tell();
  }

  let told = "";
  function tell(): void {
    const count = leaves.filter(({ first }) => isRead(first)).length;
    byId("progress").textContent = word("progress", { page: (parts[current]?.first ?? 0) + 1, pages });
    const text = count < pages ? word("next_unread", { count, pages }) : word("to_sign");
    if (text !== told) next.textContent = told = text;
  }

  onTap(next, async () => {
    const unread = leaves.findIndex(({ first }) => !isRead(first));
    if (unread < 0) {
      if (!session.steps.read) await server.post("read/", { document_sha256, dwell_ms: dwell });
      go("pad");
      return;
    }
    const part = parts.find((one) => !ended.has(one) && one.first <= unread && unread <= one.last);
    if (!part) return;
    // A page to its end; a section from its beginning, and never past what was not yet on the screen.
    const { top: begin, bottom: end } = part.element.getBoundingClientRect();
    const away = begin >= bottom() || end <= top();
    const most = part instanceof Page ? Infinity : (bottom() - top()) * STRIDE;
    const by = away && part instanceof Section ? begin - top() : Math.min(end - bottom() + 1, most);
    window.scrollBy({ top: by, behavior: "smooth" });
  });

  let zoom = 0;
  const [smaller, larger] = [byId<HTMLButtonElement>("smaller"), byId<HTMLButtonElement>("larger")];
  const rezoom = (by: number): void => {
    const kept = parts[current];
    zoom = Math.min(Math.max(zoom + by, 0), ZOOMS.length - 1);
    const percent = ZOOMS[zoom] as number;
    sheets.style.width = `${percent}%`;
    words.style.fontSize = `${percent / 100 + 0.1}rem`;
    smaller.disabled = zoom === 0;
    larger.disabled = zoom === ZOOMS.length - 1;
    kept?.element.scrollIntoView();
  };
  smaller.disabled = true;
  onTap(smaller, () => rezoom(-1));
  onTap(larger, () => rezoom(1));

  const inLetters = byId<HTMLButtonElement>("in-words");
  const change = (inWords: boolean): void => {
    const page = parts[current]?.first ?? 0;
    parts = inWords ? texts : leaves;
    inLetters.setAttribute("aria-pressed", String(inWords));
    show(sheets, !inWords);
    show(words, inWords);
    current = Math.max(0, parts.findIndex(({ last }) => last >= page));
    zoom = 0;
    rezoom(0);
    look();
  };
  onTap(inLetters, () => {
    aloud?.pause();
    change(parts !== texts);
  });

  let aloud: Aloud | null = null;
  chineseVoice((voice) => {
    const button = byId<HTMLButtonElement>("aloud");
    const reader = new Aloud(voice, {
      sections: texts.length,
      pieces: (section) => flat(Array.from((texts[section] as Part).element.children, spoken)),
      reading(section) {
        button.setAttribute("aria-pressed", String(section !== null));
        button.textContent = word(section === null ? "read_aloud" : "pause");
        texts.forEach(({ element }, index) => element.classList.toggle("spoken", index === section));
        if (section !== null) texts[section]?.element.scrollIntoView();
      },
    });
    aloud = reader;
    onTap(button, () => {
      if (reader.isOn) return reader.pause();
      if (parts !== texts) change(true);
      // Where it paused if that is still on the screen, else from the topmost section.
      const rects = texts.map(({ element }) => element.getBoundingClientRect());
      const paused = reader.at === null ? undefined : rects[reader.at];
      const stays = paused && paused.bottom > top() && paused.top < bottom();
      const topmost = rects.findIndex((rect) => rect.bottom > top() + 1);
      reader.play(stays ? (reader.at as number) : Math.max(0, topmost));
    });
    window.addEventListener("pagehide", () => reader.pause());
    show(button);
  });

  look();
  setInterval(look, LOOK);
}

/** What a block says: a list or a table row by row. */
function spoken(block: Element): string[] {
  const rows = Array.from(block.querySelectorAll("dl > div, tr"));
  const texts = rows.length ? rows.map((row) => Array.from(row.children, textOf).join("，")) : [textOf(block)];
  return flat(texts.map(sentences));
}

function textOf(element: Element): string {
  return element.textContent || "";
}
