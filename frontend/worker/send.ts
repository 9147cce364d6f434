// Talking to the server over a bad network: every act has a key that is kept over its tries, so that the server
// does it once however often it is sent.

export interface Fault {
  readonly field: string;
  readonly message: string;
  readonly message_en: string;
}

/** The server's problem document (core/problems.py). */
export interface Problem {
  readonly code: string;
  readonly title: string;
  readonly title_en: string;
  readonly remedy: string;
  readonly remedy_en: string;
  readonly faults?: readonly Fault[];
}

/** The server said no, with a code and what to do about it. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfter: number,
  ) {
    super(problem.code);
  }
}

/** No answer after all tries. Nothing is known about the act: send it again, with the same key. */
export class Unreachable extends Error {}

export const TRIES = 6;
export const TIMEOUT = 15_000; // ms for one try
const FIRST_PAUSE = 500; // ms; doubled after each try
const API = "/api/v1/sign/";

export interface Sender {
  get<T>(path: string): Promise<T>;
  getBlob(path: string): Promise<Blob>;
  post<T>(path: string, body?: object): Promise<T>;
}

export interface Surroundings {
  fetch(url: string, options: RequestInit): Promise<Response>;
  pause(ms: number): Promise<void>;
  random(): number;
  newKey(): string;
  /** Told before each try but the first, and with 0 when one of these got through. */
  retrying(tries: number): void;
}

/** `secret` is asked for at every try: a session may have begun meanwhile. */
export function makeSender(secret: () => string | null, around: Surroundings): Sender {
  const keys = new Map<string, string>();
  const underWay = new Map<string, Promise<unknown>>();

  async function once(path: string, options: RequestInit): Promise<Response> {
    const stopper = new AbortController();
    const timer = setTimeout(() => stopper.abort(), TIMEOUT);
    try {
      const answer = await around.fetch(API + path, { ...options, signal: stopper.signal, cache: "no-store" });
      if (answer.status >= 500) throw new Unreachable(String(answer.status));
      if (answer.ok) return answer;
      const problem = (await answer.json()) as Problem;
      throw new Refusal(problem, Number(answer.headers.get("Retry-After")) || 0);
    } finally {
      clearTimeout(timer);
    }
  }

  async function persistently(path: string, options: RequestInit): Promise<Response> {
    for (let tried = 0; ; tried++) {
      const bearer = secret();
      const headers = { ...(options.headers as object), ...(bearer && { Authorization: `Bearer ${bearer}` }) };
      try {
        const answer = await once(path, { ...options, headers });
        if (tried) around.retrying(0);
        return answer;
      } catch (error) {
        if (error instanceof Refusal) throw error;
        if (tried + 1 === TRIES) throw new Unreachable(path);
      }
      await around.pause(FIRST_PAUSE * 2 ** tried * (0.5 + around.random() / 2));
      around.retrying(tried + 1);
    }
  }

  async function act<T>(path: string, body: string, what: string): Promise<T> {
    const key = keys.get(what) || around.newKey();
    keys.set(what, key);
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    try {
      const answer = await persistently(path, { method: "POST", body, headers });
      keys.delete(what);
      return (await answer.json()) as T;
    } catch (error) {
      // A refused act is settled too: sent once more, it is another act.
      if (error instanceof Refusal) keys.delete(what);
      throw error;
    } finally {
      underWay.delete(what);
    }
  }

  return {
    async get<T>(path: string): Promise<T> {
      return (await (await persistently(path, {})).json()) as T;
    },
    async getBlob(path: string): Promise<Blob> {
      return (await persistently(path, {})).blob();
    },
    post<T>(path: string, given: object = {}): Promise<T> {
      const body = JSON.stringify(given);
      const what = `${path} ${body}`;
      const running = (underWay.get(what) as Promise<T> | undefined) || act<T>(path, body, what);
      underWay.set(what, running);
      return running;
    },
  };
}
