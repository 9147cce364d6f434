// What the editors of templates share: a draft that is kept by itself, every step of which can be undone.

import { type Acts, make } from "./desk";

const PATIENCE = 800; // ms without a change before the draft is kept
const RETRY = 5000;
const MOST_STEPS = 200;

export interface Fault {
  readonly at: string;
  readonly words: string;
}
export interface Given {
  readonly revision: number;
  readonly faults: readonly Fault[];
  readonly save: string;
  readonly words: Readonly<Record<string, string>>;
}
/** The part of the page that shows the content. */
export interface View {
  readonly root: HTMLElement;
  draw(): void;
  /** The element, or the smallest around it, that a pointer into the content means. */
  placeOf(at: string): HTMLElement | null;
}

export class Keeper<Content> implements Acts {
  private readonly done: string[] = [];
  private readonly undone: string[] = [];
  private readonly status = document.getElementById("saved")!;
  private readonly undoButton = document.getElementById("undo") as HTMLButtonElement;
  private readonly redoButton = document.getElementById("redo") as HTMLButtonElement;
  private revision: number;
  private typing: Element | null = null;
  private timer = 0;
  private dirty = false;
  private saving: Promise<void> | null = null;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly given: Given,
    private readonly held: { content: Content },
    private readonly view: View,
  ) {
    this.revision = given.revision;
    view.root.addEventListener("focusout", () => (this.typing = null));
    this.undoButton.addEventListener("click", () => this.step(this.done, this.undone));
    this.redoButton.addEventListener("click", () => this.step(this.undone, this.done));
    form.addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => this.key(event));
    // Nothing leaves the page before the last change is kept.
    form.querySelectorAll<HTMLAnchorElement>("[data-leave]").forEach((link) => {
      link.addEventListener("click", (event) => this.leave(event, link.href));
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
  }

  /** Show what was given. */
  start(): void {
    this.view.draw();
    this.tell(this.given.faults);
    this.status.textContent = this.given.words.saved!;
  }

  change(act: () => void): void {
    this.remember(null);
    act();
    this.view.draw();
    this.later();
  }

  typed(field: Element, act: () => void): void {
    if (this.typing !== field) this.remember(field);
    act();
    this.later();
  }

  private remember(field: Element | null): void {
    this.done.push(JSON.stringify(this.held.content));
    if (this.done.length > MOST_STEPS) this.done.shift();
    this.undone.length = 0;
    this.typing = field;
    this.undoButton.disabled = false;
    this.redoButton.disabled = true;
  }

  private step(from: string[], to: string[]): void {
    const wanted = from.pop();
    if (wanted === undefined) return;
    to.push(JSON.stringify(this.held.content));
    this.held.content = JSON.parse(wanted) as Content;
    this.typing = null;
    this.undoButton.disabled = this.done.length === 0;
    this.redoButton.disabled = this.undone.length === 0;
    this.view.draw();
    this.later();
  }

  private key(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) this.step(this.undone, this.done);
    else this.step(this.done, this.undone);
  }

  private leave(event: Event, address: string): void {
    if (!this.dirty && !this.saving) return;
    event.preventDefault();
    void this.save().then(() => {
      if (!this.dirty) window.location.assign(address);
    });
  }

  private later(): void {
    this.dirty = true;
    this.status.textContent = this.given.words.saving!;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), PATIENCE);
  }

  private async save(): Promise<void> {
    window.clearTimeout(this.timer);
    await this.saving;
    if (!this.dirty) return;
    this.saving = this.send().finally(() => (this.saving = null));
    await this.saving;
  }

  private async send(): Promise<void> {
    const { words, save } = this.given;
    this.dirty = false;
    try {
      const answer = await fetch(save, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": this.form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value,
        },
        body: JSON.stringify({ content: this.held.content, revision: this.revision }),
      });
      if (answer.status === 409 || answer.status === 422) {
        this.status.textContent = answer.status === 409 ? words.moved! : words.unfit!;
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const kept = (await answer.json()) as { revision: number; faults: Fault[] };
      this.revision = kept.revision;
      this.tell(kept.faults);
      if (!this.dirty) this.status.textContent = words.saved!;
    } catch {
      this.dirty = true;
      this.status.textContent = words.unsaved!;
      this.timer = window.setTimeout(() => void this.save(), RETRY);
    }
  }

  private tell(faults: readonly Fault[]): void {
    const { root } = this.view;
    const { words } = this.given;
    const list = document.getElementById("faults")!;
    list.textContent = "";
    root.querySelectorAll(".qb-faulty").forEach((each) => each.classList.remove("qb-faulty"));
    list.append(make("h2", { class: "h3" }, faults.length ? `${words.faults}（${faults.length}）` : words.no_faults!));
    const rows = faults.map((fault) => {
      this.view.placeOf(fault.at)?.classList.add("qb-faulty");
      const go = make("button", { type: "button", class: "btn btn-ghost-danger qb-fault" }, fault.words);
      go.addEventListener("click", () => visit(this.view.placeOf(fault.at)));
      return make("li", {}, go);
    });
    if (rows.length) list.append(make("ol", {}, ...rows));
  }
}

/** The element of a pointer, or of the nearest part around it, by `data-at`. */
export function pointed(root: HTMLElement, at: string): HTMLElement | null {
  for (let path = at; path; path = path.slice(0, path.lastIndexOf("/"))) {
    const found = root.querySelector<HTMLElement>(`[data-at="${path}"]`);
    if (found) return found;
  }
  return null;
}

function visit(place: HTMLElement | null): void {
  for (let each = place; each; each = each.parentElement) {
    if (each instanceof HTMLDetailsElement) each.open = true;
  }
  place?.scrollIntoView({ block: "center" });
  place?.focus({ preventScroll: true });
}
