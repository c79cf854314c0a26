import { describe, expect, it } from "vitest";
import { createMatchedBuzzer, type SoundingReader } from "../../../src/drivers/buzzers/reader-matched.ts";
import { openBuzzer } from "../../../src/drivers/buzzers/registry.ts";
import { loadDefinitions, type ReaderBuzzerDefinition } from "../../../src/drivers/definitions.ts";
import { VirtualReader } from "../../../src/drivers/readers/virtual.ts";
import { defaultPatterns } from "../../../src/station/signals.ts";
import { systemClock } from "../../../src/util/clock.ts";

const definitions = await loadDefinitions();
const acr122u = "ACS ACR122U PICC Interface 00 00";
const acr1252u = "ACS ACR1252 Dual Reader PICC 01 00";

/** Readers that remember what they were told, and answer as theirs do. */
class Readers implements SoundingReader {
  readonly name = "pcsc";
  readonly told: string[] = [];
  readers: string[];
  latest: string | undefined;

  constructor(...readers: string[]) {
    this.readers = readers;
  }

  async escape(bytes: Uint8Array, readerName = "the last"): Promise<Uint8Array> {
    const hex = Buffer.from(bytes).toString("hex").toUpperCase();
    this.told.push(`${readerName}: ${hex}`);
    return Buffer.from(hex.startsWith("E0") ? "E10000000100" : "9000", "hex");
  }
}

describe("the buzzer inside the reader", () => {
  it("is sounded by the commands of the reader that is plugged in at that time", async () => {
    const reader = new Readers(acr122u);
    const buzzer = createMatchedBuzzer({ reader, definitions, clock: systemClock });
    await buzzer.play(defaultPatterns.read);
    reader.readers = [acr1252u];
    await buzzer.play(defaultPatterns.fault);
    await buzzer.close();
    expect(reader.told).toEqual([`${acr122u}: FF0040000401000101`, `${acr1252u}: E0000028013C`]);
  });

  it("is that of the reader which saw a card last, by that one's own commands", async () => {
    const reader = new Readers("Unknown 00 00", acr122u, acr1252u);
    const buzzer = createMatchedBuzzer({ reader, definitions, clock: systemClock });
    await buzzer.play(defaultPatterns.fault);
    reader.latest = acr1252u;
    await buzzer.play(defaultPatterns.fault);
    reader.latest = "Unknown 00 00";
    await expect(buzzer.play(defaultPatterns.fault)).rejects.toMatchObject({
      message: expect.stringContaining("not known of Unknown 00 00"),
    });
    expect(reader.told).toEqual([`${acr122u}: FF0040000406000101`, `${acr1252u}: E0000028013C`]);
  });

  it("leaves the read signal to a reader that beeps at cards and cannot be muted", async () => {
    const reader = new Readers(acr1252u);
    const buzzer = createMatchedBuzzer({ reader, definitions, clock: systemClock });
    await buzzer.play(defaultPatterns.read);
    expect(reader.told).toEqual([]);
  });

  it("is that of a named definition, whatever the reader is called", async () => {
    const reader = new Readers("Unknown 00 00");
    const fixed = definitions.buzzers.get("acr122u") as ReaderBuzzerDefinition;
    await createMatchedBuzzer({ reader, definitions, clock: systemClock, fixed }).play(defaultPatterns.read);
    expect(reader.told).toEqual(["the last: FF0040000401000101"]);
  });

  it.each([
    [[], "no PC/SC reader is plugged in"],
    [["Unknown 00 00"], "not known of Unknown 00 00"],
  ])("cannot be sounded when there is none: %j", async (names, why) => {
    const buzzer = createMatchedBuzzer({ reader: new Readers(...names), definitions, clock: systemClock });
    await expect(buzzer.play(defaultPatterns.read)).rejects.toMatchObject({
      code: "device.unavailable",
      message: expect.stringContaining(why),
      hint: expect.stringContaining("--buzzer reader:acr122u"),
    });
    await expect(buzzer.play(defaultPatterns.ready)).resolves.toBeUndefined();
  });

  it("is refused for readers that have none", async () => {
    const context = { definitions, clock: systemClock };
    for (const extra of [{}, { reader: new VirtualReader() }]) {
      await expect(openBuzzer({ kind: "reader" }, { ...context, ...extra })).rejects.toMatchObject({
        code: "usage",
        hint: expect.stringContaining("--reader pcsc"),
      });
    }
  });
});
