// Beside the document: its gist above the pages, and a menu with whom to ask, the file, and refusing.

import { byId, english, go, onTap, server, show, word } from "./page";
import { Panel } from "./panel";
import { make, type SectionData } from "./parts";

/** signing.api.reading.CompanionSerializer */
export interface Companion {
  readonly contact_name: string;
  readonly contact_phone: string;
  readonly summary: readonly { label: string; value: string; label_en: string; value_en: string }[];
  readonly sections: readonly SectionData[];
}

const WIDE = 600; // px: less is a phone, where the gist is one line until it is tapped
const SHORT = 4; // rows that may stand open on a phone

export function showGist({ summary }: Companion): void {
  const gist = byId<HTMLDetailsElement>("gist");
  const rows = summary.map((row) => (english ? [row.label_en, row.value_en] : [row.label, row.value]));
  for (const [label, value] of rows) {
    const row = make("div");
    row.append(make("dt", "", label), make("dd", "", value));
    byId("gist-rows").append(row);
  }
  byId("gist-line").textContent = word("gist", { count: rows.length });
  gist.open = rows.length <= SHORT || window.innerWidth >= WIDE;
  show(gist, rows.length > 0);
}

export function menu({ contact_name, contact_phone }: Companion): void {
  const panel = new Panel(byId("menu"));
  for (const id of ["more", "questions"]) onTap(byId<HTMLButtonElement>(id), () => panel.open());
  onTap(byId<HTMLButtonElement>("menu-close"), () => panel.close());
  byId("contact-name").textContent = contact_name;
  const call = byId<HTMLAnchorElement>("call");
  call.href = `tel:${contact_phone.replace(/[^+\d]/g, "")}`;
  call.textContent = word("call", { phone: contact_phone });
  show(byId("contact"), contact_phone !== "");
  onTap(byId<HTMLButtonElement>("download"), async () => {
    const { url } = await server.post<{ url: string }>("document/link/");
    location.assign(url);
  });
  refusing(panel);
}

function refusing(before: Panel): void {
  const panel = new Panel(byId("refusal"));
  const reason = byId<HTMLTextAreaElement>("reason");
  onTap(byId<HTMLButtonElement>("refuse"), () => {
    before.close();
    panel.open(reason);
  });
  onTap(byId<HTMLButtonElement>("keep"), () => panel.close());
  onTap(byId<HTMLButtonElement>("refuse-now"), async () => {
    const text = reason.value.trim();
    reason.setAttribute("aria-invalid", String(!text));
    byId("reason-hint").textContent = text ? "" : word("reason_missing");
    if (!text) {
      reason.focus();
      return;
    }
    await server.post("refuse/", { reason: text });
    go("landing", true);
  });
}
