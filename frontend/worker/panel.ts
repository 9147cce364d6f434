// A panel over the page: the keyboard stays in it, Escape closes it, and focus goes back to where it was.
// (<dialog> and `inert` are too new for the phones that workers have.)

import { show } from "./page";

const FOCUSABLE = "a[href], button:not([disabled]), textarea, input";

export class Panel {
  private before: Element | null = null;

  /** `leave`: what Escape does, and a tap beside a panel that covers the page in part. */
  constructor(
    private readonly panel: HTMLElement,
    private readonly leave = (): void => this.close(),
  ) {
    panel.addEventListener("keydown", (event) => this.onKey(event));
    if (!panel.classList.contains("cover")) return;
    panel.addEventListener("click", (event) => event.target === panel && this.leave());
  }

  open(first?: HTMLElement): void {
    this.before = document.activeElement;
    show(this.panel);
    (first || this.stops()[0])?.focus();
  }

  close(): void {
    if (this.panel.hidden) return;
    show(this.panel, false);
    if (this.before instanceof HTMLElement) this.before.focus();
  }

  private stops(): HTMLElement[] {
    const all = Array.from(this.panel.querySelectorAll<HTMLElement>(FOCUSABLE));
    return all.filter((element) => element.getClientRects().length > 0);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") this.leave();
    if (event.key !== "Tab") return;
    const stops = this.stops();
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0])?.focus();
  }
}
