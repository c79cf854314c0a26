import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beepsOf, createReaderOwnBuzzer } from "../../src/drivers/buzzers/reader-own.ts";
import { definitionOf, type EscapeCommands, loadDefinitions } from "../../src/drivers/definitions.ts";
import { createPcscReader, type PcscReader } from "../../src/drivers/readers/pcsc.ts";
import { defaultPatterns, type SignalPattern } from "../../src/station/signals.ts";
import { SimulatedClock, systemClock } from "../../src/util/clock.ts";
import { pcscdMissing } from "../support/pcscd.ts";
import { EventLog, type PcscBench, realBench, virtualBench } from "../support/pcscd-bench.ts";
import { pcscPackageMissing, skipUnlessRequired } from "../support/pcscd-package.ts";

async function commandsOf(id: string): Promise<EscapeCommands> {
  const definition = definitionOf(await loadDefinitions(), "buzzers", id);
  if (definition.driver !== "reader") throw new Error(`${id} is not the buzzer of a reader`);
  return definition.commands;
}

/** A reader that takes every command, with the time at which it came. */
class TakingReader {
  readonly name = "taking reader";
  readonly clock = new SimulatedClock(0);
  readonly taken: { readonly at: number; readonly bytes: string }[] = [];
  answer = "9000";

  async escape(bytes: Uint8Array): Promise<Uint8Array> {
    this.taken.push({ at: this.clock.now(), bytes: Buffer.from(bytes).toString("hex").toUpperCase() });
    return Uint8Array.from(Buffer.from(this.answer, "hex"));
  }
}

async function played(id: string, answer: string, pattern: SignalPattern) {
  const reader = new TakingReader();
  reader.answer = answer;
  const buzzer = createReaderOwnBuzzer({ reader, commands: await commandsOf(id), clock: reader.clock });
  const done = buzzer.play(pattern);
  await reader.clock.advance(10_000);
  await done;
  await buzzer.close();
  return reader.taken;
}

describe("what a reader's buzzer plays", () => {
  it("rounds to the ACR122U's 100 ms and keeps the pauses", async () => {
    expect(await played("acr122u", "9000", defaultPatterns.accepted)).toEqual([
      { at: 0, bytes: "FF0040000401000101" },
      { at: 140, bytes: "FF0040000402000101" },
    ]);
    expect(await played("acr122u", "9002", defaultPatterns.rejected)).toEqual([
      { at: 0, bytes: "FF0040000402000101" },
      { at: 280, bytes: "FF0040000402000101" },
      { at: 560, bytes: "FF0040000402000101" },
    ]);
  });

  it("plays the E0 family in 10 ms", async () => {
    expect(await played("acr-e0", "E10000000108", defaultPatterns.read)).toEqual([
      { at: 0, bytes: "E00000280108" },
    ]);
    expect((await played("acr-e0", "E10000000100", defaultPatterns.accepted)).map((t) => t.at)).toEqual([
      0, 140,
    ]);
  });

  it("sends nothing for a pattern without tones", async () => {
    expect(await played("acr122u", "9000", defaultPatterns.ready)).toEqual([]);
  });

  it("makes one beep of tones that touch, and holds a beep to the longest that one byte can say", () => {
    const tones = [
      { hz: 0, ms: 50 },
      { hz: 1000, ms: 60 },
      { hz: 2000, ms: 60 },
    ];
    expect(beepsOf(tones, 10)).toEqual([{ at: 50, ms: 120 }]);
    expect(beepsOf([tones[1]!, { hz: 0, ms: 0 }, tones[2]!], 10)).toEqual([{ at: 0, ms: 120 }]);
    expect(beepsOf([{ hz: 1000, ms: 60_000 }], 100)).toEqual([{ at: 0, ms: 25_500 }]);
  });

  it("never lets beeps touch that a pause parts, whatever the pattern", () => {
    const tone = fc.record({ hz: fc.constantFrom(0, 1000), ms: fc.integer({ min: 0, max: 3000 }) });
    fc.assert(
      fc.property(fc.array(tone, { maxLength: 20 }), fc.constantFrom(10, 100), (tones, unit) => {
        const beeps = beepsOf(tones, unit);
        for (const [i, beep] of beeps.entries()) {
          expect(beep.ms % unit).toBe(0);
          expect(beep.ms).toBeGreaterThan(0);
          const before = beeps[i - 1];
          if (before !== undefined) expect(beep.at).toBeGreaterThan(before.at + before.ms);
        }
      }),
    );
  });

  it("rejects when the reader answers otherwise", async () => {
    const reader = new TakingReader();
    reader.answer = "6300";
    const buzzer = createReaderOwnBuzzer({
      reader,
      commands: await commandsOf("acr122u"),
      clock: reader.clock,
    });
    await expect(buzzer.play(defaultPatterns.read)).rejects.toMatchObject({
      code: "device.unavailable",
      message: expect.stringContaining('"6300"'),
    });
    await buzzer.close();
    await expect(buzzer.play(defaultPatterns.read)).rejects.toMatchObject({ code: "device.unavailable" });
  });

  it("stops between two beeps when it is closed", async () => {
    const reader = new TakingReader();
    const buzzer = createReaderOwnBuzzer({
      reader,
      commands: await commandsOf("acr122u"),
      clock: reader.clock,
    });
    const done = buzzer.play(defaultPatterns.rejected);
    await reader.clock.advance(10);
    await buzzer.close();
    await done;
    expect(reader.taken).toHaveLength(1);
    expect(reader.clock.pending).toBe(0);
  });

  it.each(["FF 00 40", "FF 0 {ms10}", "{ms100} xx"])("takes %j for no command", (tone) => {
    const reader = new TakingReader();
    const make = () =>
      createReaderOwnBuzzer({ reader, commands: { tone, answer: "90" }, clock: reader.clock });
    expect(make).toThrow(expect.objectContaining({ code: "definition.invalid" }));
  });
});

const benches: readonly { name: string; make: () => Promise<PcscBench>; missing: string | undefined }[] = [
  { name: "Debian's pcscd with vpcd", make: realBench, missing: pcscPackageMissing() ?? pcscdMissing() },
  { name: "the daemon's protocol, played", make: virtualBench, missing: pcscPackageMissing() },
];

describe.each(benches)("an ACR122U's buzzer on $name", ({ make, missing }) => {
  const skip = skipUnlessRequired(missing);
  describe.skipIf(skip !== undefined)(skip === undefined ? "" : `(skipped: ${skip})`, () => {
    let bench: PcscBench;
    let reader: PcscReader;

    beforeEach(async () => {
      bench = await make();
      reader = createPcscReader({ socket: bench.socket });
    });
    afterEach(async () => {
      await reader?.close();
      await bench?.close();
    });

    it("sounds through the card's connection when escapes are refused", async () => {
      const log = new EventLog(reader);
      const buzzer = createReaderOwnBuzzer({
        reader,
        commands: await commandsOf("acr122u"),
        clock: systemClock,
      });
      await log.next("ready");
      await expect(buzzer.play(defaultPatterns.read)).rejects.toMatchObject({ code: "device.unavailable" });
      const card = await bench.present({ uid: "04A2241BC85E80" });
      await log.next("card");
      await buzzer.play(defaultPatterns.accepted);
      expect(card.apdus).toEqual(["FFCA000000", "FF0040000401000101", "FF0040000402000101"]);
      await buzzer.close();
    });
  });
});
