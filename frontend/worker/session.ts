// What the server tells of a signing session, and which step comes next. The server's state is the truth.

import type { Box, PageFrame } from "../shared/geometry";

export interface Personal {
  readonly name: string;
  readonly document_sha256: string;
  readonly pages: number;
  readonly frames: readonly PageFrame[];
  readonly place: Box;
  readonly zone: Box | null;
  readonly keep_clear: readonly Box[];
  readonly typed_names: boolean;
}

export interface Session {
  readonly sender: string;
  readonly title: string;
  readonly sent_to: string;
  readonly expires_at: string;
  readonly state: string;
  readonly party: string;
  readonly turn: boolean;
  readonly identity: "none" | "checking" | "failed" | "code" | "done";
  readonly steps: { readonly consents: boolean; readonly read: boolean; readonly place: boolean };
  readonly personal: Personal | null;
}

export const STEPS = ["landing", "identity", "read", "pad", "place", "confirm", "done"] as const;
export type Step = (typeof STEPS)[number];

/** Whether this person has nothing left to do but to look at the document. */
export function isThrough(session: Session): boolean {
  return session.party === "confirmed" || session.party === "signed";
}

/** The furthest step that the session may be at; `drafted`: a signature was drawn on this device. */
export function nextStep(session: Session, drafted: boolean): Step {
  if (isThrough(session)) return session.identity === "done" ? "done" : "identity";
  if (!session.steps.consents) return "landing";
  if (session.identity !== "done") return "identity";
  if (!session.steps.read) return "read";
  if (!drafted) return "pad";
  return session.steps.place ? "confirm" : "place";
}

/** Where somebody must go instead who asks for `wanted`, or null if that is all right. Back is always. */
export function detour(wanted: Step, session: Session, drafted: boolean): Step | null {
  const next = nextStep(session, drafted);
  if (wanted === "landing" || wanted === next) return null;
  const settled = isThrough(session) || wanted === "identity" || wanted === "done";
  return settled || STEPS.indexOf(wanted) > STEPS.indexOf(next) ? next : null;
}

export function addressOf(step: Step): string {
  return step === "landing" ? "/sign/" : `/sign/${step}/`;
}
