import type { NetworkQuality } from "../bench.ts";
import { yaml } from "../examples.ts";
import { given, oneOf, readEach, StepProblem } from "../problem.ts";
import { durationSchema, flag, object, shareSchema, word } from "../schemas.ts";
import { defineStep, StepFailure } from "../step.ts";
import { duration, share, truth } from "../units.ts";
import { CONNECT_FIRST } from "./send.ts";

const STATES = ["down", "up", "good"] as const;
const DIRECTIONS = ["both", "out", "in"] as const;

type Network =
  | { readonly state: (typeof STATES)[number] }
  | { readonly directions: readonly ("out" | "in")[]; readonly quality: NetworkQuality };

/** `network`: between station and central system. Faults are the same for the same seed. */
export const network = defineStep<Network>({
  describe: "Unplug the network (down), make it bad, or well again (up or good, which mean the same).",
  notes: [
    "A map is the whole truth of its direction: what it does not name is good. Only `down` and `half-open` cost the connection; the others leave it standing, so nothing connects again when they end. After a `restart` the network is as it was.",
    "Half-open: nothing gets through either way, and the connection seems to stand. The station finds it out by its pings: every WebSocketPingInterval (1.6; OCPPCommCtrlr.WebSocketPingInterval in 2.0.1; default 60 s, 0: never), and the second one that finds the first unanswered gives the connection up, after one to two intervals. A message without answer ends by its own time-out and gives up nothing. The new connection is a good one. `up` or `good` before that breaks it too, as the far end has long forgotten it. Either way the facts are `link` disconnected, then connected.",
  ],
  schema: {
    ...object({
      latency: { ...durationSchema, description: "How long each message travels." },
      jitter: { ...durationSchema, description: "How much that varies, up and down." },
      speed: { type: ["integer", "string"], description: "Characters a second that the line carries." },
      loss: { ...shareSchema, description: "How many messages are lost." },
      duplicate: { ...shareSchema, description: "How many come twice." },
      reorder: { ...shareSchema, description: "How many are overtaken by the next one." },
      corrupt: { ...shareSchema, description: "How many arrive with wrong characters." },
      "half-open": { ...flag, description: "Nothing gets through, and the connection seems to stand." },
      direction: word(DIRECTIONS, "Which messages, seen from the station; default both."),
    }),
    type: ["string", "object"],
  },
  examples: [
    "- network: down",
    yaml`
      - network: down
      - expect: { fact: link, with: { state: disconnected } }
      - wait: 10 min
      - network: up
      - expect: { fact: link, with: { state: connected } }`,
    yaml`
      - network: { latency: 300 ms, jitter: 100 ms, loss: 5 % } # the connection stands all the while
      - tap: 04A2241BC85E80
      - network: good`,
    yaml`
      - network: { speed: 500, duplicate: 10 %, reorder: 10 %, corrupt: 1 %, direction: out } # in: still good`,
    yaml`
      - network: { half-open: true } # pings find it out
      - expect: { fact: link, with: { state: disconnected, why: /ping/ }, within: 3 min }
      - expect: { fact: link, with: { state: connected } }`,
    yaml`
      - network: { half-open: true }
      - wait: 10 s
      - network: up # before a ping has found it out: the old connection breaks
      - expect: [{ fact: link, with: { state: disconnected } }, { fact: link, with: { state: connected } }]`,
  ],
  parse(value) {
    if (typeof value !== "object" || value === null)
      return { state: oneOf([], value, STATES, "state of the network") };
    const raw = value as Record<string, unknown>;
    const { to, quality } = readEach({
      to: () => oneOf(["direction"], raw.direction ?? "both", DIRECTIONS, "direction"),
      quality: () => qualityOf(raw),
    });
    if (to !== "both" && raw["half-open"] !== undefined)
      throw new StepProblem(
        ["direction"],
        '"half-open" has no direction',
        "Leave it out: nothing comes through either way.",
      );
    if (Object.keys(quality).length === 0)
      throw new StepProblem(
        [],
        "it does not say how bad",
        "Name latency, loss…: network: { latency: 300 ms }.",
      );
    return { directions: to === "both" ? ["out", "in"] : [to], quality };
  },
  async run(wanted, { bench }) {
    if ("state" in wanted) {
      if (wanted.state !== "down") bench.quality(["out", "in"], {});
      return bench.control.network(wanted.state === "down" ? "down" : "up");
    }
    if (!bench.quality(wanted.directions, wanted.quality)) {
      throw new StepFailure("There is no connection that could be half-open", { hint: CONNECT_FIRST });
    }
  },
});

function qualityOf(raw: Record<string, unknown>): NetworkQuality {
  const member = given(raw);
  const all = readEach({
    latencyMs: member("latency", duration),
    jitterMs: member("jitter", duration),
    charsPerS: member("speed", speed),
    loss: member("loss", share),
    duplicate: member("duplicate", share),
    reorder: member("reorder", share),
    corrupt: member("corrupt", share),
    halfOpen: member("half-open", truth),
  });
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
