import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeSender, Refusal, TIMEOUT, TRIES, Unreachable } from "./send";

interface Sent {
  readonly url: string;
  readonly key: string | undefined;
  readonly bearer: string | undefined;
  readonly signal: AbortSignal;
}
type Answer = (sent: Sent) => Response | Promise<Response>;

const lost: Answer = () => Promise.reject(new TypeError("network"));
const broken: Answer = () => new Response("", { status: 503 });
const fine: Answer = () => Response.json({ done: true }, { status: 201 });
const refuses: Answer = () =>
  Response.json({ code: "code_wrong" }, { status: 422, headers: { "Retry-After": "7" } });
const silent: Answer = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A sender whose server gives these answers in turn, the last one on and on. */
function world(...answers: Answer[]) {
  const sent: Sent[] = [];
  const pauses: number[] = [];
  let keys = 0;
  const retrying = vi.fn();
  const sender = makeSender(() => "secret", {
    fetch: async (url, { headers, signal }) => {
      const given = headers as Record<string, string>;
      const one = { url, key: given["Idempotency-Key"], bearer: given["Authorization"], signal: signal as AbortSignal };
      sent.push(one);
      return (answers[sent.length - 1] ?? (answers[answers.length - 1] as Answer))(one);
    },
    pause: async (ms) => void pauses.push(ms),
    random: () => 1,
    newKey: () => `key-${++keys}`,
    retrying,
  });
  return { sender, sent, pauses, retrying };
}

test("an act keeps its key over all its tries, and pauses grow", async () => {
  const { sender, sent, pauses, retrying } = world(lost, broken, lost, fine);

  await expect(sender.post("place/", { x: 1 })).resolves.toEqual({ done: true });

  expect(sent.map(({ key }) => key)).toEqual(["key-1", "key-1", "key-1", "key-1"]);
  expect(sent.every(({ url, bearer }) => url === "/api/v1/sign/place/" && bearer === "Bearer secret")).toBe(true);
  expect(pauses).toEqual([500, 1000, 2000]);
  expect(retrying.mock.calls).toEqual([[1], [2], [3], [0]]);
});

test("after six tries the person is asked; the next tap sends the same act under the same key", async () => {
  const { sender, sent } = world(...Array<Answer>(TRIES).fill(lost), fine);

  await expect(sender.post("confirm/", { code: "1" })).rejects.toBeInstanceOf(Unreachable);
  expect(sent).toHaveLength(TRIES);
  await sender.post("confirm/", { code: "1" });

  expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(["key-1"]));
});

test("a refusal is final at once; the same act sent anew is another act", async () => {
  const { sender, sent, pauses } = world(refuses, fine);

  const refusal = await sender.post("confirm/", { code: "1" }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ problem: { code: "code_wrong" }, retryAfter: 7 });
  await sender.post("confirm/", { code: "1" });

  expect(pauses).toEqual([]);
  expect(sent.map(({ key }) => key)).toEqual(["key-1", "key-2"]);
});

test("two taps at once send one request", async () => {
  const { sender, sent } = world(fine);

  await Promise.all([sender.post("confirm/", { code: "1" }), sender.post("confirm/", { code: "1" })]);

  expect(sent).toHaveLength(1);
});

test("another body is another act", async () => {
  const { sender, sent } = world(fine);

  await sender.post("place/", { x: 1 });
  await sender.post("place/", { x: 2 });

  expect(sent.map(({ key }) => key)).toEqual(["key-1", "key-2"]);
});

test("a server that says nothing is given up after its time and asked again", async () => {
  const { sender, sent } = world(silent, fine);

  const asked = sender.get("session/");
  await vi.advanceTimersByTimeAsync(TIMEOUT - 1);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);

  await expect(asked).resolves.toEqual({ done: true });
  expect(sent).toHaveLength(2);
});
