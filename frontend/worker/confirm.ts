// The last look, and the code that is bound to exactly this document.

import { clearCode, codeButton, typedCode } from "./code";
import { arrive, byId, dateTime, fill, go, onTap, ready, report, say, server, store, word } from "./page";
import { Refusal } from "./send";
import { Sheet } from "./sheet";

export async function confirm(): Promise<void> {
  const session = await arrive("confirm");
  const personal = session?.personal;
  const draft = personal && store.draftOf(personal.document_sha256);
  if (!session || !personal || !draft) return;
  const { document_sha256 } = personal;
  const box = draft.box || personal.place;
  fill({ name: personal.name, digest: document_sha256.slice(0, 8), until: dateTime(session.expires_at) });
  const sheet = new Sheet(byId("sheet"), personal.frames, draft);
  codeButton(async () => {
    await server.post("code/", { document_sha256 });
  });
  onTap(byId<HTMLButtonElement>("replace"), () => go("place"));
  onTap(byId<HTMLButtonElement>("next"), async () => {
    const code = typedCode();
    if (!code) return;
    say(word("sending"), "plain");
    try {
      await server.post("confirm/", { document_sha256, code });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // An earlier try that got no answer may have arrived.
      if (!/^already_/.test(error.problem.code)) {
        clearCode();
        throw error;
      }
    }
    go("done", true);
  });
  ready();
  sheet.show(box).catch(report);
  sheet.centre(byId("desk"));
}
