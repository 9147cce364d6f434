// The signature is being made, is made, or was not made and why.

import { arrive, byId, dateTime, english, fill, go, onTap, ready, report, server, show, store, word } from "./page";

interface Status {
  readonly state: string;
  readonly request: string;
  readonly problem: { message: string; message_en: string; remedy: string; remedy_en: string } | null;
  readonly document_sha256: string;
  readonly signed_at: string | null;
  readonly completed_at: string | null;
}

const LOOKS = [1000, 1000, 2000, 2000, 3000, 5000]; // ms between looks; then the last one on and on

export async function done(): Promise<void> {
  const session = await arrive("done");
  if (!session) return;
  fill({ name: session.personal?.name ?? "" });
  onTap(byId<HTMLButtonElement>("next"), async () => {
    const { url } = await server.post<{ url: string }>("document/link/");
    location.assign(url);
  });
  onTap(byId<HTMLButtonElement>("confirm-again"), () => go("confirm", true));
  const later = byId("later");
  onTap(byId<HTMLButtonElement>("own-link"), async () => {
    const { sent_to } = await server.post<{ sent_to: string }>("own-link/");
    later.textContent = word("link_sent", { phone: sent_to });
  });
  onTap(byId<HTMLButtonElement>("want-paper"), async () => {
    await server.post("paper/");
    later.textContent = word("paper_asked");
  });
  show(byId("wechat"), /MicroMessenger/i.test(navigator.userAgent));
  await look(0);
}

async function look(looks: number): Promise<void> {
  const status = await server.get<Status>("status/");
  if (!byId("wait").hidden) ready();
  tell(status);
  const final = status.request === "completed" || status.state === "invited";
  if (final || document.visibilityState === "hidden") {
    if (!final) document.addEventListener("visibilitychange", () => look(0).catch(report), { once: true });
    return;
  }
  const pause = status.state === "confirmed" ? LOOKS[Math.min(looks, LOOKS.length - 1)] : 15_000;
  setTimeout(() => look(looks + 1).catch(report), pause);
}

function tell(status: Status): void {
  const { state, request, problem } = status;
  const stage = state === "invited" ? "failed" : state === "confirmed" ? "making" : request;
  for (const element of Array.from(document.querySelectorAll<HTMLElement>("[data-stage]"))) {
    show(element, (element.dataset.stage || "").split(" ").includes(stage));
  }
  show(byId("act"), state === "signed");
  if (state === "signed") store.wipeDraft();
  byId("why").textContent = problem
    ? english
      ? `${problem.message_en} ${problem.remedy_en}`
      : `${problem.message}${problem.remedy}`
    : "";
  fill({
    signed_at: status.signed_at ? dateTime(status.signed_at) : "",
    digest: status.document_sha256.slice(0, 8),
    employer: word(request === "completed" ? "all_signed" : "waiting_for_employer"),
  });
}
