// The document, page by page. A page counts as read when its end was on the screen.

import { draw, drop, pageFigure } from "./images";
import { arrive, byId, go, onTap, ready, report, say, server, show, word } from "./page";

const LOOK = 250; // ms between two looks at what is on the screen
const NEAR = 2; // pages before and after the visible ones whose pictures are kept
const ZOOMS = [100, 150, 200, 300];

export async function read(): Promise<void> {
  const session = await arrive("read");
  const personal = session?.personal;
  if (!session || !personal) return;
  const { pages, frames, document_sha256 } = personal;
  const sheets = byId("sheets");
  const figures = frames.map((frame, index) => pageFigure(index + 1, pages, frame));
  figures.forEach((figure) => sheets.append(figure));
  ready();

  const dwell = new Array<number>(pages).fill(0);
  const seen = new Array<boolean>(pages).fill(session.steps.read);
  const next = byId<HTMLButtonElement>("next");
  let current = 0;

  function look(): void {
    const top = byId("bar").getBoundingClientRect().bottom;
    const bottom = byId("act").getBoundingClientRect().top;
    const visible = figures.map((figure) => {
      const { top: begin, bottom: end } = figure.getBoundingClientRect();
      return { share: Math.min(end, bottom) - Math.max(begin, top), ended: end <= bottom + 2 && end > top };
    });
    const shares = visible.map(({ share }) => share);
    current = shares.indexOf(Math.max(...shares));
    const isOn = document.visibilityState === "visible";
    figures.forEach((figure, index) => {
      if (Math.abs(index - current) <= NEAR) draw(figure).catch(report);
      else drop(figure);
      if (!isOn || !figure.dataset.drawn) return;
      if ((shares[index] ?? 0) > 0) dwell[index] = (dwell[index] ?? 0) + LOOK;
      if (visible[index]?.ended) seen[index] = true;
    });
    tell();
  }

  let told = "";
  function tell(): void {
    const count = seen.filter(Boolean).length;
    byId("progress").textContent = word("page_of", { page: current + 1, pages });
    const text = count < pages ? word("next_unread", { count, pages }) : word("to_sign");
    if (text !== told) next.textContent = told = text;
  }

  onTap(next, async () => {
    const unread = seen.indexOf(false);
    const figure = figures[unread];
    if (figure) {
      // Its end, so that a tall page at a large zoom is read to the end too.
      const bottom = byId("act").getBoundingClientRect().top;
      window.scrollBy({ top: figure.getBoundingClientRect().bottom - bottom + 1, behavior: "smooth" });
      return;
    }
    if (!session.steps.read) await server.post("read/", { document_sha256, dwell_ms: dwell });
    go("pad");
  });

  let zoom = 0;
  const [smaller, larger] = [byId<HTMLButtonElement>("smaller"), byId<HTMLButtonElement>("larger")];
  const rezoom = (by: number): void => {
    const kept = figures[current];
    zoom = Math.min(Math.max(zoom + by, 0), ZOOMS.length - 1);
    sheets.style.width = `${ZOOMS[zoom] as number}%`;
    smaller.disabled = zoom === 0;
    larger.disabled = zoom === ZOOMS.length - 1;
    kept?.scrollIntoView();
  };
  smaller.disabled = true;
  onTap(smaller, () => rezoom(-1));
  onTap(larger, () => rezoom(1));
  refusing();
  look();
  setInterval(look, LOOK);
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
