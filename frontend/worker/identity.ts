// Name and number as in the contract, then the code that proves the phone.

import { clearCode, codeButton, typedCode } from "./code";
import { pictureWidth } from "./images";
import { arrive, byId, go, onTap, ready, report, say, server, show, store, word } from "./page";
import { Refusal } from "./send";
import { nextStep, type Session } from "./session";

const LOOK_AGAIN = 1000; // ms
const PATIENCE = 90; // looks at the real-name check

export async function identity(): Promise<void> {
  const session = await arrive("identity");
  if (!session) return;
  if (session.identity === "done") {
    proceed(session);
    return;
  }
  const name = byId<HTMLInputElement>("name");
  const number = byId<HTMLInputElement>("id-no");
  const resend = codeButton(async () => {
    await server.post("identity/resend/");
  });

  const askForCode = (fresh: boolean): void => {
    show(byId("who"), false);
    show(byId("phone"));
    if (fresh) resend.rest();
    byId("code").focus();
  };

  const wait = async (): Promise<void> => {
    for (let looks = 0; looks < PATIENCE; looks++) {
      const { identity: state } = await server.get<Session>("session/");
      if (state === "code") return askForCode(true);
      if (state === "failed") return say(word("identity_failed"));
      say(word("checking"), "plain");
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
    say(word("checking_long"));
  };

  onTap(byId<HTMLButtonElement>("next"), async () => {
    if (!byId("phone").hidden) {
      const code = typedCode();
      if (code) await prove(code);
      return;
    }
    const given = { name: name.value.trim(), id_no: number.value.replace(/[\s-]/g, "").toUpperCase() };
    for (const [box, text] of [[name, given.name], [number, given.id_no]] as const) {
      box.setAttribute("aria-invalid", String(!text));
      if (!text) {
        say(word(box === name ? "name_missing" : "number_missing"));
        box.focus();
        return;
      }
    }
    try {
      await server.post("identity/", { ...given, page_width: pictureWidth(window.innerWidth) });
    } catch (error) {
      // An earlier try that got no answer may have arrived.
      if (!(error instanceof Refusal && error.problem.code === "identity_checking")) throw error;
    }
    await wait();
    if (!byId("phone").hidden) say("");
  });
  onTap(byId<HTMLButtonElement>("correct"), () => {
    show(byId("phone"), false);
    show(byId("who"));
    name.focus();
  });
  ready();
  if (session.identity === "code") askForCode(false);
  if (session.identity === "checking") wait().catch(report);
}

async function prove(code: string): Promise<void> {
  try {
    proceed(await server.post<Session>("identity/code/", { code }));
  } catch (error) {
    if (error instanceof Refusal) clearCode();
    throw error;
  }
}

function proceed(session: Session): void {
  const drafted = session.personal !== null && store.draftOf(session.personal.document_sha256) !== null;
  go(nextStep(session, drafted), true);
}
