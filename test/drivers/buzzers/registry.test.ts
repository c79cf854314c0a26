import { describe, expect, it } from "vitest";
import { formatBuzzerSpec, openBuzzer, parseBuzzerSpec } from "../../../src/drivers/buzzers/registry.ts";
import { VirtualBuzzer } from "../../../src/drivers/buzzers/virtual.ts";
import { loadDefinitions } from "../../../src/drivers/definitions.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { missingCommand } from "../../support/pty.ts";

const context = { definitions: await loadDefinitions(), clock: systemClock };

describe("a buzzer's notation", () => {
  it.each([
    ["bell", { kind: "bell" }],
    ["wav", { kind: "wav" }],
    ["wav:quiet", { kind: "wav", definition: "quiet" }],
    ["serial:/dev/ttyACM0", { kind: "serial", path: "/dev/ttyACM0" }],
    [
      "serial:/dev/ttyACM0@115200?definition=arduino-tone",
      { kind: "serial", path: "/dev/ttyACM0", baudRate: 115200, definition: "arduino-tone" },
    ],
    ["reader", { kind: "reader" }],
    ["reader:acr-e0", { kind: "reader", definition: "acr-e0" }],
    ["virtual", { kind: "virtual" }],
    ["none", { kind: "none" }],
  ])("%s is read and written", (text, spec) => {
    expect(parseBuzzerSpec(text)).toEqual(spec);
    expect(formatBuzzerSpec(parseBuzzerSpec(text))).toBe(text);
  });

  it.each([
    ["wave", 'Did you mean "wav"?'],
    ["constructor", "Write one of"],
    ["serial", "serial:/dev/ttyACM0"],
    ["serial:/dev/ttyACM0@x", "--buzzer serial:"],
    ["none:1", "none"],
  ])("%j is refused with what to write", (text, hint) => {
    expect(() => parseBuzzerSpec(text)).toThrow(
      expect.objectContaining({ code: "usage", hint: expect.stringContaining(hint) }),
    );
  });
});

describe("opening a buzzer", () => {
  it("makes none of none", async () => {
    expect(await openBuzzer({ kind: "none" }, context)).toBeUndefined();
  });

  it("makes the virtual one and the bell", async () => {
    expect(await openBuzzer({ kind: "virtual" }, context)).toBeInstanceOf(VirtualBuzzer);
    expect((await openBuzzer({ kind: "bell" }, context))?.name).toBe("bell");
  });

  it.skipIf(missingCommand("aplay", "sudo apt-get install alsa-utils") !== undefined)(
    "makes the sound card's (needs aplay: sudo apt-get install alsa-utils)",
    async () => {
      const buzzer = await openBuzzer({ kind: "wav" }, context);
      expect(buzzer?.name).toBe("wav (aplay)");
      await buzzer?.close();
    },
  );

  it("makes a serial one although its port is not there yet", async () => {
    const buzzer = await openBuzzer({ kind: "serial", path: "/dev/no-such-port" }, context);
    expect(buzzer?.name).toBe("serial:/dev/no-such-port");
    await buzzer?.close();
  });

  it("refuses definitions that there are not, or that are another driver's", async () => {
    await expect(openBuzzer({ kind: "wav", definition: "wave" }, context)).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining('Did you mean "wav"?'),
    });
    await expect(openBuzzer({ kind: "wav", definition: "bell" }, context)).rejects.toMatchObject({
      code: "usage",
      message: 'The definition "bell" is for the driver bell, not wav',
    });
  });
});
