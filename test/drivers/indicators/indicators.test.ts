import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SoundingReader } from "../../../src/drivers/buzzers/reader-matched.ts";
import {
  definitionOf,
  loadDefinitions,
  type SerialIndicatorDefinition,
} from "../../../src/drivers/definitions.ts";
import { createReaderIndicator } from "../../../src/drivers/indicators/reader-own.ts";
import {
  formatIndicatorSpec,
  openIndicator,
  parseIndicatorSpec,
} from "../../../src/drivers/indicators/registry.ts";
import { createSerialIndicator } from "../../../src/drivers/indicators/serial.ts";
import { createTerminalIndicator } from "../../../src/drivers/indicators/terminal.ts";
import { VirtualIndicator } from "../../../src/drivers/indicators/virtual.ts";
import { defaultPatterns } from "../../../src/station/signals.ts";
import { SimulatedClock, systemClock } from "../../../src/util/clock.ts";
import { indicatorContract } from "../../contracts/indicator.ts";
import { Pty, socatMissing } from "../../support/pty.ts";

const definitions = await loadDefinitions();

indicatorContract("virtual", async (clock) => {
  const indicator = new VirtualIndicator(clock);
  return { indicator, seen: () => indicator.shown.map(({ light }) => light) };
});

indicatorContract("terminal", async (clock) => {
  const written: string[] = [];
  const stream = { isTTY: true, write: (text: string) => written.push(text) };
  const names: Readonly<Record<string, string>> = { "🟢": "green", "🔴": "red", "🔵": "blue", "⚪": "off" };
  return {
    indicator: createTerminalIndicator({ clock, stream }),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence that sets a window's title
    seen: () => written.map((text) => names[/^\x1b\]2;(.+) tapstation\x07$/u.exec(text)?.[1] ?? ""] ?? text),
  };
});

indicatorContract(
  "serial",
  async (clock) => {
    let text = "";
    const pty = await Pty.plugged((part) => {
      text += part;
    });
    const definition = definitionOf(definitions, "indicators", "arduino-light") as SerialIndicatorDefinition;
    return {
      indicator: await createSerialIndicator({ path: pty.path, definition, clock }),
      seen: () => [...text.matchAll(/LIGHT (\w+)\n/g)].map(([, light]) => light ?? ""),
      dispose: () => pty.dispose(),
    };
  },
  socatMissing(),
);

/** Readers that obey, and remember what they were told. */
class Readers implements SoundingReader {
  readonly name = "pcsc";
  readonly told: string[] = [];
  readonly readers: string[];
  latest: string | undefined;
  answer = "";

  constructor(...readers: string[]) {
    this.readers = readers;
  }

  async escape(bytes: Uint8Array, readerName = "the last"): Promise<Uint8Array> {
    const hex = Buffer.from(bytes).toString("hex").toUpperCase();
    this.told.push(`${readerName}: ${hex}`);
    return Buffer.from(this.answer || (hex.startsWith("E0") ? "E10000000102" : "9002"), "hex");
  }
}
const acr122u = "ACS ACR122U PICC Interface 00 00";
const acr1252u = "ACS ACR1252 Dual Reader PICC 01 00";
const acr1552u = "ACS ACR1552 1S CL Reader 02 00";

indicatorContract("reader", async (clock) => {
  const reader = new Readers(acr122u);
  const lights: Readonly<Record<string, string>> = { "0E": "green", "0D": "red", "0F": "blue", "0C": "off" };
  return {
    indicator: createReaderIndicator({ reader, definitions, clock }),
    seen: () => reader.told.map((line) => lights[/FF0040(..)0400000000$/.exec(line)?.[1] ?? ""] ?? line),
  };
});

describe("the lights of readers", () => {
  const show = async (reader: Readers, ...signals: ("accepted" | "rejected")[]): Promise<void> => {
    const indicator = createReaderIndicator({ reader, definitions, clock: new SimulatedClock() });
    for (const signal of signals) await indicator.show(defaultPatterns[signal]);
    await indicator.close();
  };

  it("are those of the reader that saw a card last, and the other's go out", async () => {
    const reader = new Readers(acr122u, acr1252u);
    const indicator = createReaderIndicator({ reader, definitions, clock: new SimulatedClock() });
    await indicator.show(defaultPatterns.accepted);
    reader.latest = acr1252u;
    await indicator.show(defaultPatterns.rejected);
    expect(reader.told).toEqual([
      `${acr122u}: FF00400E0400000000`,
      `${acr122u}: FF00400C0400000000`,
      `${acr1252u}: E00000290101`,
    ]);
  });

  it("show nothing of a colour that they have not", async () => {
    const reader = new Readers(acr1552u);
    await show(reader, "rejected");
    expect(reader.told.filter((line) => !line.endsWith("E00000290100"))).toEqual([]);
  });

  it("that do not obey, or are not known, are told", async () => {
    const broken = new Readers(acr122u);
    broken.answer = "6300";
    await expect(show(broken, "accepted")).rejects.toMatchObject({
      code: "device.unavailable",
      message: expect.stringContaining('"6300"'),
    });
    await expect(show(new Readers("Unknown 00 00"), "accepted")).rejects.toMatchObject({
      message: expect.stringContaining("none is known of Unknown"),
    });
    await expect(show(new Readers(), "accepted")).rejects.toMatchObject({
      message: expect.stringContaining("plugged in"),
    });
  });
});

describe("a light on a port that is not there", () => {
  it("is told, and tried again at the next signal", async () => {
    const definition = definitionOf(definitions, "indicators", "arduino-light") as SerialIndicatorDefinition;
    const light = await createSerialIndicator({ path: "/dev/no-such-port", definition, clock: systemClock });
    for (let time = 0; time < 2; time++) {
      await expect(light.show(defaultPatterns.accepted)).rejects.toMatchObject({
        code: "device.unavailable",
      });
    }
    await light.close();
  });
});

describe("an indicator's notation", () => {
  it.each(["reader", "serial:/dev/ttyACM0@115200?definition=arduino-light", "terminal", "virtual", "none"])(
    "%s is read and written",
    (text) => {
      expect(formatIndicatorSpec(parseIndicatorSpec(text))).toBe(text);
    },
  );

  it("is read or refused, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(formatIndicatorSpec(parseIndicatorSpec(text))).toBe(text);
        } catch (e) {
          expect(e).toMatchObject({ code: "usage" });
        }
      }),
    );
  });

  it("is refused for a reader without lights, and for a definition of another kind", async () => {
    const context = { definitions, clock: systemClock };
    await expect(openIndicator({ kind: "reader" }, context)).rejects.toMatchObject({ code: "usage" });
    const other = { kind: "serial", path: "/dev/ttyACM0", definition: "acr122u" } as const;
    await expect(openIndicator(other, context)).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining("--indicator reader"),
    });
    expect(await openIndicator({ kind: "none" }, context)).toBeUndefined();
  });
});
