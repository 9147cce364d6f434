// The pad that fills the screen. A phone held upright is written on along its long side: the canvas stays as it
// is, only the strokes are turned. Whatever the screen does meanwhile, what was written is fitted to it anew.

import SignaturePad from "signature_pad";
import { type Pad, type Stroke, isReadable, refit, sideways, tidy, turned, turnedBack } from "./ink";
import { byId, onTap, show } from "./page";
import { Panel } from "./panel";

const DENSEST = 2; // canvas pixels per screen pixel
const PHONE = 600; // px of width; what is wider is not turned
const PEN = { minWidth: 1.4, maxWidth: 3.6, penColor: "#000" };

/** What was written, as it is read. */
export interface Written {
  readonly strokes: readonly Stroke[];
  readonly pad: Pad;
  readonly turned: boolean;
}

export class Writing {
  private readonly canvas = byId<HTMLCanvasElement>("canvas");
  private readonly signature = new SignaturePad(this.canvas, { ...PEN, minDistance: 3 });
  private readonly holder = byId("by-hand");
  private readonly panel: Panel;
  private size: Pad = { w: 0, h: 0 }; // of the canvas
  private isSideways = false;
  private upright = false; // chosen by the person

  /** `done`: the person is content; `left`: wants something else. */
  constructor(
    name: string,
    private written: Written | null,
    acts: { done(written: Written): Promise<void>; left(): void },
  ) {
    const watermark = byId("watermark");
    watermark.textContent = name;
    watermark.style.fontSize = `${Math.min(4, 18 / name.length)}rem`; // on one line
    this.signature.addEventListener("beginStroke", () => show(watermark, false));
    this.signature.addEventListener("endStroke", () => this.changed());
    window.addEventListener("resize", () => this.fit());
    // Older iPhones scroll the page under the finger in spite of touch-action.
    byId("paper").addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });
    this.panel = new Panel(this.holder, acts.left);
    onTap(byId<HTMLButtonElement>("cancel"), () => acts.left());
    onTap(byId<HTMLButtonElement>("turn"), () => {
      this.upright = !this.upright;
      this.fit();
    });
    onTap(byId<HTMLButtonElement>("undo"), () => {
      this.put(this.drawn().slice(0, -1));
      this.changed();
    });
    onTap(byId<HTMLButtonElement>("clear"), () => {
      this.signature.clear();
      this.changed();
    });
    onTap(byId<HTMLButtonElement>("written"), () => acts.done(this.tidied()));
  }

  open(): void {
    this.panel.open(byId("by-hand-title"));
    document.body.classList.add("writing");
    this.fit();
  }

  close(): void {
    this.panel.close();
    document.body.classList.remove("writing");
  }

  private tidied(): Written {
    const { strokes, pad, turned: isTurned } = this.written as Written;
    return { strokes: tidy(strokes, pad), pad, turned: isTurned };
  }

  /** A canvas that changes its size is empty: what was written is fitted to the new size and drawn again. */
  private fit(): void {
    if (this.holder.hidden) return;
    const portrait = window.innerHeight > window.innerWidth && window.innerWidth < PHONE;
    this.isSideways = portrait && !this.upright;
    this.holder.classList.toggle("sideways", this.isSideways);
    show(byId("turn"), portrait);
    const [w, h] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (w && h && (w !== this.size.w || h !== this.size.h)) {
      const ratio = Math.min(window.devicePixelRatio || 1, DENSEST);
      this.canvas.width = w * ratio;
      this.canvas.height = h * ratio;
      this.canvas.getContext("2d")?.scale(ratio, ratio);
      this.size = { w, h };
    }
    this.put(this.onScreen());
    this.mark();
  }

  /** Fitted from where it was written, it does not shrink turn by turn. */
  private onScreen(): Stroke[] {
    if (!this.written) return [];
    const { strokes, pad } = this.written;
    const fitted = refit(strokes, pad, this.isSideways ? sideways(this.size) : this.size);
    return this.isSideways ? turnedBack(fitted, this.size) : fitted;
  }

  private changed(): void {
    const strokes = this.drawn();
    const read = this.isSideways ? turned(strokes, this.size) : strokes;
    const pad = this.isSideways ? sideways(this.size) : this.size;
    this.written = strokes.length ? { strokes: read, pad, turned: this.isSideways } : null;
    this.mark();
  }

  private drawn(): Stroke[] {
    const groups = this.signature.toData();
    return groups.map(({ points }) => points.map(({ x, y, time, pressure }) => [x, y, time, pressure || 0.5] as const));
  }

  private put(strokes: readonly Stroke[]): void {
    const look = { ...PEN, dotSize: 2, velocityFilterWeight: 0.7, compositeOperation: "source-over" as const };
    this.signature.fromData(
      strokes.map((stroke) => ({ ...look, points: stroke.map(([x, y, time, pressure]) => ({ x, y, time, pressure })) })),
    );
  }

  private mark(): void {
    const { written } = this;
    show(byId("watermark"), !written);
    for (const id of ["undo", "clear"]) byId<HTMLButtonElement>(id).disabled = !written;
    byId<HTMLButtonElement>("written").disabled = !written || !isReadable(written.strokes, written.pad);
  }
}
