// The document, page by page. A page counts as read when its end was on the screen.

import type { PageFrame } from "../shared/geometry";
import { draw, drop, pageFigure } from "./images";
import { arrive, byId, go, onTap, ready, report, say, server, show, word } from "./page";

const LOOK = 250; // ms between two looks at what is on the screen
const NEAR = 2; // pages before and after the visible ones whose pictures are kept
const ZOOMS = [100, 125, 150, 200]; // %

export async function read(): Promise<void> {
  const session = await arrive("read");
  const personal = session?.personal;
  if (!session || !personal) return;
  const { pages, frames, document_sha256 } = personal;
  const sheets = byId("sheets");
  const leaves = frames.map((frame, index) => new Leaf(index + 1, pages, frame));
  leaves.forEach(({ element }) => sheets.append(element));
  ready();

  const dwell = new Array<number>(pages).fill(0);
  const seen = new Array<boolean>(pages).fill(session.steps.read);
  const next = byId<HTMLButtonElement>("next");
  let current = 0;
  let inWords = false;

  function look(): void {
    const top = byId("bar").getBoundingClientRect().bottom;
    const bottom = byId("act").getBoundingClientRect().top;
    const visible = leaves.map(({ element }) => {
      const { top: begin, bottom: end } = element.getBoundingClientRect();
      return { share: Math.min(end, bottom) - Math.max(begin, top), ended: end <= bottom + 2 && end > top };
    });
    const shares = visible.map(({ share }) => share);
    current = shares.indexOf(Math.max(...shares));
    const isOn = document.visibilityState === "visible";
    leaves.forEach((leaf, index) => {
      leaf.open(inWords, Math.abs(index - current) <= NEAR);
      if (!isOn || !leaf.isThere(inWords)) return;
      if ((shares[index] ?? 0) > 0) dwell[index] = (dwell[index] ?? 0) + LOOK;
      if (visible[index]?.ended) seen[index] = true;
    });
    tell();
  }

  let told = "";
  function tell(): void {
    const count = seen.filter(Boolean).length;
    byId("progress").textContent = word("progress", { page: current + 1, pages });
    const text = count < pages ? word("next_unread", { count, pages }) : word("to_sign");
    if (text !== told) next.textContent = told = text;
  }

  onTap(next, async () => {
    const unread = seen.indexOf(false);
    const leaf = leaves[unread];
    if (leaf) {
      // Its end, so that a tall page at a large zoom is read to the end too.
      const bottom = byId("act").getBoundingClientRect().top;
      window.scrollBy({ top: leaf.element.getBoundingClientRect().bottom - bottom + 1, behavior: "smooth" });
      return;
    }
    if (!session.steps.read) await server.post("read/", { document_sha256, dwell_ms: dwell });
    go("pad");
  });

  let zoom = 0;
  const [smaller, larger] = [byId<HTMLButtonElement>("smaller"), byId<HTMLButtonElement>("larger")];
  const rezoom = (by: number): void => {
    const kept = leaves[current];
    zoom = Math.min(Math.max(zoom + by, 0), ZOOMS.length - 1);
    sheets.style.width = inWords ? "" : `${ZOOMS[zoom] as number}%`;
    sheets.style.fontSize = inWords ? `${(ZOOMS[zoom] as number) / 100 + 0.15}rem` : "";
    smaller.disabled = zoom === 0;
    larger.disabled = zoom === ZOOMS.length - 1;
    kept?.element.scrollIntoView();
  };
  smaller.disabled = true;
  const inLetters = byId<HTMLButtonElement>("in-words");
  onTap(inLetters, () => {
    inWords = !inWords;
    document.body.classList.toggle("in-words", inWords);
    inLetters.setAttribute("aria-pressed", String(inWords));
    zoom = 0;
    look();
    rezoom(0);
  });
  onTap(smaller, () => rezoom(-1));
  onTap(larger, () => rezoom(1));
  refusing();
  look();
  setInterval(look, LOOK);
}

/** A page as picture and, when somebody wants it, in words. */
class Leaf {
  readonly element = document.createElement("article");
  private readonly figure: HTMLElement;
  private readonly words = document.createElement("div");
  private asked = false;

  constructor(
    private readonly page: number,
    pages: number,
    frame: PageFrame,
  ) {
    this.figure = pageFigure(page, pages, frame);
    this.words.className = "words";
    this.element.append(this.figure, this.words);
  }

  isThere(inWords: boolean): boolean {
    return inWords ? this.words.childElementCount > 0 : this.figure.dataset.drawn !== undefined;
  }

  open(inWords: boolean, near: boolean): void {
    if (inWords) this.spell().catch(report);
    else if (near) draw(this.figure).catch(report);
    else drop(this.figure);
  }

  private async spell(): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    try {
      const { paragraphs } = await server.get<{ paragraphs: readonly string[] }>(`pages/${this.page}/words/`);
      for (const text of paragraphs.length ? paragraphs : [word("no_words")]) {
        const paragraph = document.createElement("p");
        paragraph.textContent = text;
        this.words.append(paragraph);
      }
    } catch (error) {
      this.asked = false;
      throw error;
    }
  }
}

function refusing(): void {
  const panel = byId("refusal");
  const reason = byId<HTMLTextAreaElement>("reason");
  onTap(byId<HTMLButtonElement>("refuse"), () => {
    show(panel);
    reason.focus();
  });
  onTap(byId<HTMLButtonElement>("keep"), () => {
    show(panel, false);
    byId("refuse").focus();
  });
  onTap(byId<HTMLButtonElement>("refuse-now"), async () => {
    const text = reason.value.trim();
    reason.setAttribute("aria-invalid", String(!text));
    const hint = byId("reason-hint");
    hint.textContent = text ? "" : word("reason_missing");
    if (!text) {
      reason.focus();
      return;
    }
    await server.post("refuse/", { reason: text });
    location.replace("/sign/");
    say("");
  });
}
