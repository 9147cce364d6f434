// Where the signature goes: dragged, tapped, or moved by keys and buttons.

import { type Box, placeFault } from "../shared/geometry";
import { movedTo, onPage, sized } from "./moving";
import { arrive, byId, go, onTap, ready, report, say, server, show, store, word } from "./page";
import { Sheet } from "./sheet";

const NUDGE = 0.005; // of the page
const LEAP = 0.02;
const GROW = 1.15;
const KEYS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export async function place(): Promise<void> {
  const session = await arrive("place");
  const personal = session?.personal;
  const draft = personal && store.draftOf(personal.document_sha256);
  if (!personal || !draft) return;
  const { zone, frames, pages } = personal;
  const sheet = new Sheet(byId("sheet"), frames, draft);
  const { sticker } = sheet;
  const view = byId("desk");
  const locked = zone !== null && sized(personal.place, GROW, zone).w <= personal.place.w;
  let box = locked ? personal.place : draft.box || personal.place;

  sticker.setAttribute("role", "group");
  sticker.setAttribute("aria-label", word("sticker_alt"));
  sticker.setAttribute("aria-describedby", "how-to-place");
  if (locked) byId("how-to-place").textContent = word("place_locked");
  for (const id of ["smaller", "larger", "reset"]) show(byId(id), !locked);

  function put(moved: Box): void {
    const turned = moved.page !== box.page;
    box = moved;
    sheet.show(box).catch(report);
    if (turned) sheet.centre(view);
    else sheet.follow(view);
    const fault = placeFault(box, frames, { ...(zone && { zone }), keepClear: personal!.keep_clear });
    sticker.classList.toggle("bad", fault !== null);
    byId<HTMLButtonElement>("next").disabled = fault !== null;
    say(fault ? word(fault) : "");
    byId("page-number").textContent = word("page_of", { page: box.page, pages });
    byId<HTMLButtonElement>("previous-page").disabled = box.page === 1;
    byId<HTMLButtonElement>("next-page").disabled = box.page === pages;
  }

  if (!locked) movable(sheet, zone, () => box, put);
  onTap(byId<HTMLButtonElement>("smaller"), () => put(sized(box, 1 / GROW, zone)));
  onTap(byId<HTMLButtonElement>("larger"), () => put(sized(box, GROW, zone)));
  onTap(byId<HTMLButtonElement>("reset"), () => {
    put(personal.place);
    sheet.centre(view);
  });
  onTap(byId<HTMLButtonElement>("rewrite"), () => go("pad"));
  show(byId("pager"), !zone && pages > 1);
  onTap(byId<HTMLButtonElement>("previous-page"), () => put(onPage(box, box.page - 1, pages)));
  onTap(byId<HTMLButtonElement>("next-page"), () => put(onPage(box, box.page + 1, pages)));

  onTap(byId<HTMLButtonElement>("next"), async () => {
    const full = (await server.get<readonly { kind: string; accepted: boolean }[]>("consents/")).some(
      ({ kind, accepted }) => kind === "stroke_data" && accepted,
    );
    const mark = draft.typed
      ? { typed_name: draft.name }
      : {
          strokes: draft.strokes.map((line) => line.map((point) => (full ? point : point.slice(0, 2)))),
          canvas: { ...draft.pad, dpr: window.devicePixelRatio || 1, turned: draft.turned },
        };
    await server.post("place/", { document_sha256: draft.document, box, ...mark });
    store.keepDraft({ ...draft, box });
    go("confirm");
  });
  ready();
  put(box);
  sheet.centre(view);
}

/** By touch, by tap, and by arrow keys. Beside the sticker the page scrolls and zooms as ever. */
function movable(sheet: Sheet, zone: Box | null, box: () => Box, put: (moved: Box) => void): void {
  const { sticker } = sheet;
  sticker.tabIndex = 0;
  let grip: { id: number; dx: number; dy: number } | null = null;
  sticker.addEventListener("pointerdown", (event) => {
    if (grip || event.button !== 0) return;
    const [x, y] = sheet.at(event.clientX, event.clientY);
    grip = { id: event.pointerId, dx: x - box().x, dy: y - box().y };
    sticker.setPointerCapture(event.pointerId);
    sticker.classList.add("held");
  });
  sticker.addEventListener("pointermove", (event) => {
    if (grip?.id !== event.pointerId) return;
    const [x, y] = sheet.at(event.clientX, event.clientY);
    put(movedTo(box(), x - grip.dx, y - grip.dy, zone));
  });
  for (const end of ["pointerup", "pointercancel"] as const) {
    sticker.addEventListener(end, (event) => {
      if (grip?.id !== event.pointerId) return;
      grip = null;
      sticker.classList.remove("held");
    });
  }
  sticker.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });
  byId("sheet").addEventListener("click", (event) => {
    if (sticker.contains(event.target as Node)) return;
    const [x, y] = sheet.at(event.clientX, event.clientY);
    put(movedTo(box(), x - box().w / 2, y - box().h / 2, zone));
  });
  sticker.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (!way) return;
    event.preventDefault();
    const step = event.shiftKey ? LEAP : NUDGE;
    put(movedTo(box(), box().x + way[0] * step, box().y + way[1] * step, zone));
  });
}
