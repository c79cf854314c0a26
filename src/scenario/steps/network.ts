import type { NetworkQuality } from "../bench.ts";
import { oneOf, StepProblem } from "../problem.ts";
import { durationSchema, flag, object, shareSchema, word } from "../schemas.ts";
import { defineStep } from "../step.ts";
import { duration, share, truth } from "../units.ts";

const STATES = ["down", "up", "good"] as const;
const DIRECTIONS = ["both", "out", "in"] as const;

type Network =
  | { readonly state: (typeof STATES)[number] }
  | { readonly directions: readonly ("out" | "in")[]; readonly quality: NetworkQuality };

/** `network`: between station and central system. Faults are the same for the same seed. */
export const network = defineStep<Network>({
  describe: "Unplug (down) or plug (up) the network, or make it bad; good: as it was.",
  schema: {
    ...object({
      latency: { ...durationSchema, description: "How long each message travels." },
      jitter: { ...durationSchema, description: "How much that varies, up and down." },
      speed: { type: ["integer", "string"], description: "Characters a second that the line carries." },
      loss: { ...shareSchema, description: "Messages that are lost." },
      duplicate: shareSchema,
      reorder: shareSchema,
      corrupt: shareSchema,
      "half-open": { ...flag, description: "Messages vanish, and the connection seems to stand." },
      direction: word(DIRECTIONS, "Seen from the station; default both."),
    }),
    type: ["string", "object"],
  },
  examples: [
    "down",
    "up",
    { latency: "300 ms", jitter: "100 ms", loss: "5 %" },
    { "half-open": true },
    "good",
  ],
  parse(value) {
    if (typeof value !== "object" || value === null)
      return { state: oneOf([], value, STATES, "state of the network") };
    const raw = value as Record<string, unknown>;
    const to = oneOf(["direction"], raw.direction ?? "both", DIRECTIONS, "direction");
    const quality = qualityOf(raw);
    if (Object.keys(quality).length === 0)
      throw new StepProblem(
        [],
        "it does not say how bad",
        "Name latency, loss…: network: { latency: 300 ms }.",
      );
    return { directions: to === "both" ? ["out", "in"] : [to], quality };
  },
  async run(wanted, { bench }) {
    if (!("state" in wanted)) {
      for (const direction of wanted.directions) bench.quality(direction, wanted.quality);
    } else if (wanted.state === "good") {
      for (const direction of DIRECTIONS)
        if (direction !== "both") bench.quality(direction, { halfOpen: false });
    } else await bench.control.network(wanted.state);
  },
});

function qualityOf(raw: Record<string, unknown>): NetworkQuality {
  const given = <T>(key: string, read: (path: string[], value: unknown) => T): T | undefined =>
    raw[key] === undefined ? undefined : read([key], raw[key]);
  const all = {
    latencyMs: given("latency", duration),
    jitterMs: given("jitter", duration),
    charsPerS: given("speed", speed),
    loss: given("loss", share),
    duplicate: given("duplicate", share),
    reorder: given("reorder", share),
    corrupt: given("corrupt", share),
    halfOpen: given("half-open", truth),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function speed(path: string[], value: unknown): number {
  const n = Number(value);
  if (Number.isInteger(n) && n > 0) return n;
  throw new StepProblem(
    path,
    `"${String(value)}" is no speed`,
    "Write characters a second, for example 100.",
  );
}
