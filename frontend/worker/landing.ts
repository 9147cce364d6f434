// Who sent what until when, how it goes, and the texts to be accepted.

import { arrive, byId, english, fail, go, onTap, ready, say, server, show, store, word } from "./page";
import { Refusal } from "./send";
import { isThrough, nextStep, type Session } from "./session";

export interface Text {
  readonly kind: string;
  readonly version: number;
  readonly required: boolean;
  readonly accepted: boolean;
  readonly title: string;
  readonly title_en: string;
  readonly body: string;
  readonly body_en: string;
}

/** Out of the address bar at once: whoever looks at the screen or into the history does not get the link. */
function takeToken(): void {
  const token = location.hash.slice(1);
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  store.takeLink(token);
}

async function exchange(): Promise<boolean> {
  const token = store.token;
  if (!token) return false;
  try {
    const answer = await server.post<{ session: string; takes_over: boolean }>("exchange/", { token });
    store.begin(answer.session);
    return answer.takes_over;
  } catch (error) {
    if (error instanceof Refusal) store.forget();
    throw error;
  }
}

export async function landing(): Promise<void> {
  takeToken();
  const takesOver = await exchange();
  const session = await arrive("landing");
  if (!session) return;
  if (isThrough(session)) signed(session);
  else if (session.state === "open") await consents(session);
  else return fail(word(`state_${session.state}`), word("state_remedy"));
  show(byId("takes-over"), takesOver);
  notMe(session);
  ready();
}

function notMe(session: Session): void {
  const ask = byId("stranger-ask");
  const button = byId<HTMLButtonElement>("stranger");
  show(button, session.identity !== "done" && session.state === "open" && !isThrough(session));
  onTap(button, () => {
    show(ask);
    show(button, false);
    byId("stranger-title").focus();
    ask.scrollIntoView({ block: "center" });
  });
  onTap(byId<HTMLButtonElement>("stranger-back"), () => {
    show(ask, false);
    show(button);
    button.focus();
  });
  onTap(byId<HTMLButtonElement>("stranger-sure"), async () => {
    await server.post("stranger/");
    store.forget();
    fail(word("stranger_title"), word("stranger_remedy", { sender: session.sender, phone: session.sent_to }));
  });
}

function signed(session: Session): void {
  for (const id of ["how", "texts", "until"]) show(byId(id), false);
  show(byId("signed-note"));
  const start = byId<HTMLButtonElement>("next");
  start.textContent = word("look");
  onTap(start, () => go(nextStep(session, false)));
}

async function consents(session: Session): Promise<void> {
  const texts = await server.get<readonly Text[]>("consents/");
  const required = texts.filter((text) => text.required);
  const boxes = required.map((text) => {
    const { row, box } = consentRow(text);
    byId("consents").append(row);
    return box;
  });
  const start = byId<HTMLButtonElement>("next");
  onTap(start, async () => {
    const missing = boxes.find((box) => !box.checked);
    boxes.forEach((box) => box.setAttribute("aria-invalid", String(!box.checked)));
    if (missing) {
      say(word("accept_all"));
      missing.focus();
      return;
    }
    for (const text of required) {
      if (!text.accepted) await server.post("consents/", { kind: text.kind, version: text.version });
    }
    const fresh = await server.get<Session>("session/");
    go(nextStep(fresh, fresh.personal !== null && store.draftOf(fresh.personal.document_sha256) !== null));
  });
  if (session.steps.consents) start.textContent = word("go_on");
}

/** A text with its box: the words in full are one tap away. */
export function consentRow(text: Text): { row: HTMLElement; box: HTMLInputElement } {
  const template = byId<HTMLTemplateElement>("consent");
  const row = template.content.firstElementChild?.cloneNode(true) as HTMLElement;
  const box = row.querySelector("input") as HTMLInputElement;
  box.checked = box.disabled = text.accepted;
  const title = row.querySelector("[data-title]") as HTMLElement;
  const name = english ? ` “${text.title_en}”` : `《${text.title}》`;
  title.textContent = text.required ? name : name + word("optional");
  (row.querySelector("[data-body]") as HTMLElement).textContent = (english ? text.body_en : text.body).trim();
  return { row, box };
}

