import { type Central, createCentral, createStation, type LibraryStation } from "../../src/index.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { type Fails, Tape, type TapedScenario, type TapedStep } from "./tape.ts";

const NEW = "04B3352CD96F91";

/** Text that would be markup, a CI command or a terminal's escape, if a report let it. */
export const HOSTILE =
  "</script><script>globalThis.stolen=1</script><img src=x onerror=globalThis.stolen=1>\u001b[31m%0A::error::x]]>";

/** A run of everything that a report has to show, with facts of real stations at a real central system. */
export async function recordRun(): Promise<readonly RunEvent[]> {
  const tape = new Tape();
  tape.begin(7);
  for (const ocpp of ["1.6", "2.0.1"] as const) await whitelisting(tape, ocpp);
  await unknownCard(tape);
  await unreachable(tape);
  await flaky(tape);
  await hostile(tape);
  tape.skip(
    { name: "A person taps a card", file: "scenarios/hardware/prompt.yaml", tags: ["hardware", "person"] },
    "nobody is there to tap a card: CI is set",
  );
  tape.end();
  return tape.events;
}

interface Bench {
  readonly central: Central;
  readonly station: LibraryStation;
}

/** A station at a central system on the tape's clock; everything that happens is written down. */
async function onBench(tape: Tape, ocpp: "1.6" | "2.0.1", body: (b: Bench) => Promise<void>): Promise<void> {
  const central = await createCentral({ clock: tape.clock, onFact: tape.hear, heartbeatInterval: 900 });
  const station = await createStation({ csms: central.url, ocpp, retapMs: 0, clock: tape.clock });
  for (const fact of station.facts()) tape.hear(fact);
  station.onFact(tape.hear);
  try {
    await body({ central, station });
  } finally {
    await station.stop();
    await central.close();
  }
}

const does = (text: string, act: () => Promise<unknown>, title?: string): TapedStep => ({
  text,
  act: async () => void (await act()),
  ...(title === undefined ? {} : { title }),
});

/** Time goes by in portions: what the station sends is answered before it goes on. */
async function pass({ station }: Bench, tape: Tape, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 30_000) {
    await tape.clock.advance(Math.min(left, 30_000));
    await answered(station);
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function answered(station: LibraryStation): Promise<void> {
  const open = () => {
    const facts = station.facts();
    const connected = facts.findLastIndex((f) => f.kind === "link" && f.state === "connected");
    const frames = facts.slice(connected).filter((f) => f.kind === "frame");
    const answers = new Set(frames.filter((f) => f.messageType !== "CALL").map((f) => f.messageId));
    return frames.some((f) => f.messageType === "CALL" && !answers.has(f.messageId));
  };
  await until(() => !open());
}

async function whitelisting(tape: Tape, ocpp: "1.6" | "2.0.1"): Promise<void> {
  const about: TapedScenario = {
    name: "An unknown card is whitelisted and charges",
    file: "scenarios/whitelisting/hidden-id.yaml",
    shows: "The Hidden ID procedure: tap, find the rejected token, whitelist it, tap again, charge.",
    spec: "OCPP 1.6 4.1, 2.0.1 C01",
    tags: ["whitelisting", "demo"],
    cell: { ocpp, reader: "virtual" },
  };
  await onBench(tape, ocpp, async (b) => {
    const { central, station } = b;
    const started = { kind: "transaction", event: "started" };
    await tape.play(about, [
      does("- expect: online", async () => station.online()),
      does(`- tap: ${NEW}`, async () => station.tap(NEW)),
      does("- expect:\n    signal: rejected\n    within: 5 s", async () => tape.clock.advance(1500)),
      does(`- csms:\n    card: {hiddenId: ${NEW}, nickname: Blue card}`, async () =>
        central.book.addCard({
          hiddenId: NEW,
          user: central.book.users()[0]?.email ?? "",
          nickname: "Blue card",
        }),
      ),
      does(`- tap: ${NEW}`, async () => {
        await station.tap(NEW);
        await tape.clock.advance(4000);
      }),
      does("- plug: 1", async () => {
        await station.plug();
        await station.waitFor(started);
        await answered(station);
      }),
      does("- wait: 20 min", async () => pass(b, tape, 20 * 60_000)),
      does(`- tap: ${NEW}`, async () => {
        await station.tap(NEW);
        await station.waitFor({ kind: "transaction", event: "ended" });
        await answered(station);
        await pass(b, tape, 5000);
      }),
      does("- unplug: 1", async () => {
        await station.unplug();
        await pass(b, tape, 2000);
      }),
      does("- expect:\n    connector: Available", async () => undefined),
    ]);
  });
}

async function unknownCard(tape: Tape): Promise<void> {
  const about: TapedScenario = {
    name: "A card that nobody knows charges",
    file: "scenarios/whitelisting/unknown.yaml",
    shows: "Wrong on purpose: an unknown card is refused.",
    spec: "OCPP 1.6 4.1",
    tags: ["whitelisting", "wrong"],
    cell: { ocpp: "1.6" },
  };
  await onBench(tape, "1.6", async ({ station }) => {
    await tape.play(about, [
      does("- expect: online", async () => station.online()),
      does(`- tap: ${NEW}`, async () => {
        await tape.clock.advance(2000);
        await station.tap(NEW);
      }),
      {
        text: `- expect:\n    message: Authorize\n    answer: {idTagInfo: {status: Accepted}}\n    within: 5 s`,
        title: "expect Authorize answered with Accepted within 5 s",
        act: async (): Promise<Fails> => {
          const nearest = tape
            .facts()
            .find((f) => f.kind === "frame" && f.action === "Authorize" && f.messageType === "CALLRESULT");
          await tape.clock.advance(5000);
          return {
            message: "No answer to Authorize with the status Accepted came within 5 s.",
            hint: "Whitelist the card first: a csms step with card.",
            expected:
              "an answer to Authorize\n  idTagInfo.status: Accepted\nwithin 5 s of the end of the step before",
            ...(nearest === undefined ? {} : { nearest }),
            differences: [{ path: "idTagInfo.status", wanted: "Accepted", found: "Invalid" }],
          };
        },
      },
      does("- plug: 1", async () => undefined),
    ]);
  });
}

async function unreachable(tape: Tape): Promise<void> {
  const about = { name: "A central system by URL", file: "scenarios/faults/nowhere.yaml", tags: ["faults"] };
  const station = await createStation({ csms: "ws://127.0.0.1:9/ocpp", clock: tape.clock });
  for (const fact of station.facts()) tape.hear(fact);
  station.onFact(tape.hear);
  await tape.play(about, [
    {
      text: "- expect: online",
      act: async () => {
        await station.waitFor({ kind: "link", state: "disconnected" });
        return {
          outcome: "error",
          message: "The central system at ws://127.0.0.1:9/ocpp cannot be reached.",
          hint: "Is it running? Is the URL right?",
        };
      },
    },
  ]);
  await station.stop();
}

async function flaky(tape: Tape): Promise<void> {
  const about = {
    name: "Network down while a card is tapped",
    file: "scenarios/offline/tap.yaml",
    shows: "Offline, an unknown card is refused; online again, it is asked about.",
    tags: ["offline", "demo"],
    cell: { ocpp: "2.0.1" },
  };
  for (const retry of [0, 1]) {
    await onBench(tape, "2.0.1", async (b) => {
      const { station } = b;
      const steps = [
        does("- expect: online", async () => station.online()),
        does("- network: down", async () => {
          await station.network("down");
          await tape.clock.advance(1000);
        }),
        does(`- tap: ${NEW}`, async () => station.tap(NEW)),
        does("- network: up", async () => {
          await station.network("up");
          await until(() => station.status().online);
          await tape.clock.advance(3000);
          await answered(station);
        }),
        {
          text: "- expect: online",
          act: async () => (retry === 0 ? { message: "The station was not online within 1 s." } : undefined),
        },
      ];
      await tape.play(about, steps, { retry, again: retry === 0 });
    });
  }
}

async function hostile(tape: Tape): Promise<void> {
  const about = {
    name: `Hostile ${HOSTILE}`,
    file: "scenarios/faults/host,ile:100%.yaml",
    shows: HOSTILE,
    tags: ["faults", "<b>tag</b>"],
    cell: { ocpp: "1.6", text: HOSTILE },
  };
  await onBench(tape, "1.6", async ({ central, station }) => {
    await tape.play(about, [
      does("- expect: online", async () => station.online()),
      does("- csms:\n    raw: hostile", async () => {
        central.sendText("CP001", HOSTILE);
        await central.send("CP001", "DataTransfer", { vendorId: HOSTILE, data: HOSTILE });
      }),
      {
        text: `- expect:\n    data: ${HOSTILE}`,
        title: HOSTILE,
        act: async (): Promise<Fails> => ({
          message: `Not found: ${HOSTILE}`,
          hint: HOSTILE,
          expected: `data: ${HOSTILE}\nnext line`,
          nearest: tape.facts().findLast((f) => f.kind === "frame") ?? (undefined as never),
          differences: [{ path: "data", wanted: HOSTILE, found: HOSTILE }],
        }),
      },
    ]);
  });
}
