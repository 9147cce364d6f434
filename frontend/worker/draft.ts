// What this tab keeps between pages, and only this tab: the session's secret and the signature not yet sent.

import type { Box } from "../shared/geometry";
import type { Pad, Stroke } from "./ink";

/** signing.api.reading.TypedNameSerializer */
export interface Outline {
  readonly width: number;
  readonly height: number;
  readonly path: string;
}

export interface Draft {
  /** The document that it was made for; for any other it does not count. */
  readonly document: string;
  readonly name: string;
  /** As they are read, on a pad of this size; `turned`: they were written along an upright phone. */
  readonly strokes: readonly Stroke[];
  readonly pad: Pad;
  readonly turned: boolean;
  /** The drawing of the typed name, where it was typed instead. */
  readonly typed: Outline | null;
  readonly box: Box | null;
}

const TOKEN = "link";
const SECRET = "session";
const DRAFT = "draft";

export interface Kept {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

export class Store {
  constructor(private readonly kept: Kept) {}

  /** The token of a link that was opened and is not exchanged yet. A new link ends what was before. */
  get token(): string | null {
    return this.kept.getItem(TOKEN);
  }
  takeLink(token: string): void {
    this.forget();
    this.kept.setItem(TOKEN, token);
  }

  get secret(): string | null {
    return this.kept.getItem(SECRET);
  }
  begin(secret: string): void {
    this.kept.setItem(SECRET, secret);
    this.kept.removeItem(TOKEN);
  }

  draftOf(document: string): Draft | null {
    try {
      const draft = JSON.parse(this.kept.getItem(DRAFT) || "null") as Draft | null;
      return draft && draft.document === document ? draft : null;
    } catch {
      return null;
    }
  }
  keepDraft(draft: Draft): void {
    this.kept.setItem(DRAFT, JSON.stringify(draft));
  }
  wipeDraft(): void {
    this.kept.removeItem(DRAFT);
  }

  forget(): void {
    [TOKEN, SECRET, DRAFT].forEach((name) => this.kept.removeItem(name));
  }
}
