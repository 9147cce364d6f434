// Reading aloud, section by section, with the phone's own Chinese voice. A browser's `pause` does nothing on
// many phones, so a pause is an end, and going on begins with the piece that was cut off.

/** What is used of the browser's `speechSynthesis`. */
export interface Voice {
  /** Say it; `ended` is called when it was said to the end, not when it was cut off. */
  say(text: string, ended: () => void): void;
  stop(): void;
}

export interface Text {
  /** What the section says, sentence by sentence. */
  pieces(section: number): readonly string[];
  readonly sections: number;
  /** This section is being read, or none. */
  reading(section: number | null): void;
}

const LONGEST = 80; // characters at once: some voices fall silent after fifteen seconds
const PARTS = new RegExp(`[^，、,]{1,${LONGEST - 1}}[，、,]?`, "g");

/** Sentences, none too long for one breath. */
export function sentences(text: string): string[] {
  const pieces: string[] = [];
  for (const sentence of text.replace(/\s+/g, " ").match(/[^。；！？;!?]+[。；！？;!?]?/g) || []) {
    let piece = "";
    for (const part of sentence.match(PARTS) || []) {
      if (piece.length + part.length > LONGEST) {
        pieces.push(piece);
        piece = "";
      }
      piece += part;
    }
    pieces.push(piece);
  }
  return pieces.map((piece) => piece.trim()).filter(Boolean);
}

export class Aloud {
  private section = 0;
  private piece = 0;
  private on = false;
  private begun = false;

  constructor(
    private readonly voice: Voice,
    private readonly text: Text,
  ) {}

  /** Read on where it stopped, or from the beginning of `section` when that is another one. */
  play(section: number): void {
    if (section !== this.section) this.piece = 0;
    this.section = section;
    this.on = this.begun = true;
    this.text.reading(section);
    this.next();
  }

  pause(): void {
    this.on = false;
    this.voice.stop();
    this.text.reading(null);
  }

  get isOn(): boolean {
    return this.on;
  }

  /** Where it is, or was when it paused; null when there is nothing to go on with. */
  get at(): number | null {
    return this.begun ? this.section : null;
  }

  private next(): void {
    if (!this.on) return;
    const pieces = this.text.pieces(this.section);
    const text = pieces[this.piece];
    if (text !== undefined) {
      const [section, piece] = [this.section, this.piece];
      this.voice.say(text, () => {
        // Late news of a piece that was cut off.
        if (!this.on || section !== this.section || piece !== this.piece) return;
        this.piece++;
        this.next();
      });
    } else if (this.section + 1 < this.text.sections) {
      this.play(this.section + 1);
    } else {
      this.section = this.piece = 0;
      this.begun = false;
      this.pause();
    }
  }
}

/** The phone's Chinese voice, once it is known; `found` is not called where there is none. */
export function chineseVoice(found: (voice: Voice) => void): void {
  const speech = window.speechSynthesis as SpeechSynthesis | undefined;
  if (!speech || typeof SpeechSynthesisUtterance === "undefined") return;
  let told = false;
  const look = (): void => {
    const chinese = speech.getVoices().find(({ lang }) => /^(zh|cmn)\b/i.test(lang.replace("_", "-")));
    if (!chinese || told) return;
    told = true;
    found({
      say(text, ended) {
        const utterance = new SpeechSynthesisUtterance(text);
        utterance.voice = chinese;
        utterance.lang = chinese.lang;
        utterance.rate = 0.9;
        utterance.onend = ended;
        speech.speak(utterance);
      },
      stop: () => speech.cancel(),
    });
  };
  look();
  speech.addEventListener?.("voiceschanged", look);
}
