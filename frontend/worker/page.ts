// What every page has: its elements, its words, its session, and one place for what goes wrong.

import { Store } from "./draft";
import { Refusal, Unreachable, makeSender } from "./send";
import { type Session, type Step, addressOf, detour } from "./session";

export const english = document.documentElement.lang === "en";
const words = JSON.parse(byId("words").textContent || "{}") as Record<string, string>;

// After these nothing on this page can go on.
const FINAL =
  /^(link_|session_|request_|not_authenticated|out_of_turn|identity_locked|code_guessing_locked|document_not_acceptable)/;
const VISIBLY_BUSY = 300; // ms: what is faster needs no sign

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found as T;
}

/** A text of the page's language; `{name}` is filled in. */
export function word(name: string, values: Record<string, string | number> = {}): string {
  return (words[name] || name).replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
}

/** The lists one after another (`flat` is too new for the phones that workers have). */
export function flat<T>(lists: readonly (readonly T[])[]): T[] {
  return ([] as T[]).concat(...lists);
}

/** Put values into all elements that ask for them with `data-fill`. */
export function fill(values: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) {
    document.querySelectorAll(`[data-fill="${name}"]`).forEach((element) => (element.textContent = value));
  }
}

export function show(element: HTMLElement, visible = true): void {
  element.hidden = !visible;
}

export function dateTime(iso: string): string {
  const options = { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return new Date(iso).toLocaleString(english ? "en-GB" : "zh-CN", { ...options, hour12: false });
}

/** A short message above the button; empty takes it away. */
export function say(message: string, kind: "bad" | "plain" = "bad"): void {
  const note = byId("note");
  note.textContent = message;
  note.className = kind;
  show(note, message !== "");
}

export const store = new Store(window.sessionStorage);

export const server = makeSender(() => store.secret, {
  fetch: (url, options) => window.fetch(url, options),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  newKey: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join(""),
  retrying: (tries) => say(tries ? word("retrying") : "", "plain"),
});

export function go(step: Step, replace = false): void {
  leaving = true;
  if (replace) location.replace(addressOf(step));
  else location.assign(addressOf(step));
}
let leaving = false;

/** The session, or nothing when the browser was sent to the step at which the session is. */
export async function arrive(step: Step): Promise<Session | null> {
  if (!store.secret && !store.token) {
    fail(word("no_link"), word("no_link_remedy"));
    return null;
  }
  const session = await server.get<Session>("session/");
  const drafted = session.personal !== null && store.draftOf(session.personal.document_sha256) !== null;
  const elsewhere = detour(step, session, drafted);
  if (elsewhere) {
    go(elsewhere, true);
    return null;
  }
  fill({ sender: session.sender, title: session.title, sent_to: session.sent_to, until: dateTime(session.expires_at) });
  return session;
}

/** The page's content instead of “opening”. */
export function ready(): void {
  show(byId("wait"), false);
  show(byId("content"));
  const bar = document.getElementById("act");
  if (bar) show(bar);
}

/** A whole page that says why nothing goes on here and what to do. */
export function fail(title: string, remedy: string, again = false): void {
  byId("problem-title").textContent = title;
  byId("problem-remedy").textContent = remedy;
  show(byId("again"), again);
  for (const id of ["wait", "content", "act"]) {
    const element = document.getElementById(id);
    if (element) show(element, false);
  }
  show(byId("problem"));
  byId("problem-title").focus();
}

/** Tell the person what went wrong: beside the button, or instead of the page when it cannot go on. */
export function report(error: unknown): void {
  const opened = !byId("content").hidden;
  if (!(error instanceof Refusal)) {
    if (opened) say(word("unreachable"));
    else fail(word("unreachable_title"), word("unreachable"), true);
    if (!(error instanceof Unreachable)) throw error;
    return;
  }
  const { code, title, title_en, remedy, remedy_en, faults } = error.problem;
  const first = faults && faults[0];
  if (FINAL.test(code)) fail(english ? title_en : title, english ? remedy_en : remedy);
  else if (first) say(english ? first.message_en : first.message);
  else if (opened) say(english ? `${title_en} ${remedy_en}` : `${title}${remedy}`);
  else fail(english ? title_en : title, english ? remedy_en : remedy, true);
}

/** Run what a tap starts: once at a time, the button off meanwhile, errors told. */
export function onTap(button: HTMLButtonElement, act: () => Promise<void> | void): void {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-busy") === "true") return;
    const settle = begin(button);
    Promise.resolve()
      .then(act)
      .catch(report)
      .finally(() => {
        if (!leaving) settle();
      });
  });
}

function begin(button: HTMLButtonElement): () => void {
  button.setAttribute("aria-busy", "true");
  say("");
  const sign = setTimeout(() => button.classList.add("busy"), VISIBLY_BUSY);
  return () => {
    clearTimeout(sign);
    button.classList.remove("busy");
    button.removeAttribute("aria-busy");
  };
}

/** As a phone's keyboard promises: on to the next box, or done. A form without a button of its own does neither. */
function onEnter(event: KeyboardEvent): void {
  const box = event.target as HTMLInputElement;
  if (event.key !== "Enter" || event.isComposing || box.tagName !== "INPUT" || box.type === "checkbox") return;
  event.preventDefault();
  const boxes = Array.from(document.querySelectorAll<HTMLInputElement>("#content input"));
  if (box.getAttribute("enterkeyhint") === "next") boxes[boxes.indexOf(box) + 1]?.focus();
  else byId("next").click();
}

/** Start a step; whatever goes wrong while it opens is told. */
export function open(start: () => Promise<void>): void {
  onTap(byId<HTMLButtonElement>("again"), () => location.reload());
  document.addEventListener("input", () => say(""));
  document.addEventListener("keydown", onEnter);
  // A page out of the back-forward cache shows a state that is past.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  start().catch(report);
}
