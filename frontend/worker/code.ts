// A code from a text message: the box for it, and asking for another one after a minute.

import { byId, onTap, say, show, word } from "./page";
import { Refusal } from "./send";

const AGAIN_AFTER = 60; // s, signing.domain.CODE_RESEND_AFTER
const DIGITS = 6;

/** Reads the six digits that were typed or pasted; null, with a word to the person, when they are not six. */
export function typedCode(): string | null {
  const box = byId<HTMLInputElement>("code");
  const digits = box.value.replace(/\D/g, "");
  if (digits.length === DIGITS) return digits;
  say(word("six_digits"));
  box.focus();
  return null;
}

export function clearCode(): void {
  const box = byId<HTMLInputElement>("code");
  box.value = "";
  box.focus();
}

/** The button that sends a code: `send` asks the server; afterwards it rests for a minute. */
export function codeButton(send: () => Promise<void>): { rest: (seconds?: number) => void } {
  const button = byId<HTMLButtonElement>("send-code");
  let timer = 0;
  function rest(seconds = AGAIN_AFTER): void {
    window.clearInterval(timer);
    const until = Date.now() + seconds * 1000;
    button.disabled = true;
    const tick = (): void => {
      const left = Math.ceil((until - Date.now()) / 1000);
      button.disabled = left > 0;
      button.textContent = left > 0 ? word("send_again_in", { seconds: left }) : word("send_again");
      if (left <= 0) window.clearInterval(timer);
    };
    tick();
    timer = window.setInterval(tick, 500);
  }
  onTap(button, async () => {
    try {
      await send();
      rest();
      show(byId("sent"));
      byId("code").focus();
    } catch (error) {
      if (error instanceof Refusal && error.retryAfter) rest(error.retryAfter);
      throw error;
    }
  });
  return { rest };
}
