import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSerialBuzzer } from "../../../src/drivers/buzzers/serial.ts";
import { loadDefinitions, type SerialBuzzerDefinition } from "../../../src/drivers/definitions.ts";
import type { Buzzer } from "../../../src/station/ports.ts";
import { defaultPatterns, type Tone } from "../../../src/station/signals.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { buzzerContract } from "../../contracts/buzzer.ts";
import { Pty, socatMissing } from "../../support/pty.ts";

const missing = socatMissing();
const shipped = (await loadDefinitions()).buzzers.get("arduino-tone") as SerialBuzzerDefinition;
const definition = { ...shipped, settleMs: 0, timeoutMs: 200 };

/** The sketch on the Arduino: hears "TONE hz ms" and answers. */
class Sketch {
  readonly tones: Tone[] = [];
  readonly pty: Pty;
  reply: string | undefined = "OK\r\n";
  #text = "";

  constructor() {
    this.pty = new Pty((text) => this.#hear(text));
  }

  #hear(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf("\n"); end >= 0; end = this.#text.indexOf("\n")) {
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      const [, hz, ms] = /^TONE (\d+) (\d+)$/.exec(line) ?? [];
      this.tones.push({ hz: Number(hz), ms: Number(ms) });
      if (this.reply !== undefined) void this.pty.send(this.reply);
    }
  }
}

buzzerContract(
  "serial",
  async () => {
    const sketch = new Sketch();
    await sketch.pty.plug();
    return {
      buzzer: await createSerialBuzzer({ path: sketch.pty.path, definition, clock: systemClock }),
      heard: () => sketch.tones,
      expected: (tone) => tone,
      dispose: () => sketch.pty.dispose(),
    };
  },
  missing,
);

describe.skipIf(missing !== undefined)(
  `the serial buzzer${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let sketch: Sketch;
    let buzzer: Buzzer;
    beforeEach(async () => {
      sketch = new Sketch();
      await sketch.pty.plug();
      buzzer = await createSerialBuzzer({ path: sketch.pty.path, definition, clock: systemClock });
    });
    afterEach(async () => {
      await buzzer.close();
      await sketch.pty.dispose();
    });

    it("says when the device does not answer, and goes on when it does again", async () => {
      sketch.reply = undefined;
      await expect(buzzer.play(defaultPatterns.read)).rejects.toMatchObject({
        code: "device.unavailable",
        message: expect.stringContaining('did not answer "OK"'),
      });
      sketch.reply = "OK\n";
      await buzzer.play(defaultPatterns.read);
      expect(sketch.tones).toHaveLength(2);
    });

    it("says what the device answered instead", async () => {
      sketch.reply = "ERR 7\n";
      await expect(buzzer.play(defaultPatterns.read)).rejects.toMatchObject({
        code: "device.unavailable",
        message: expect.stringContaining('answered "ERR 7"'),
      });
    });

    it("says when the device is gone, and uses it again when it is back", async () => {
      await buzzer.play(defaultPatterns.read);
      await sketch.pty.unplug();
      await expect(buzzer.play(defaultPatterns.rejected)).rejects.toMatchObject({
        code: expect.stringMatching(/^device\./),
      });
      await sketch.pty.plug();
      await buzzer.play(defaultPatterns.read);
      expect(sketch.tones).toHaveLength(2);
    });

    it("says why its port cannot be opened", async () => {
      const absent = await createSerialBuzzer({
        path: "/dev/no-such-port",
        definition,
        clock: systemClock,
      });
      await expect(absent.play(defaultPatterns.read)).rejects.toMatchObject({
        code: "device.unavailable",
        message: expect.stringContaining("/dev/no-such-port"),
      });
      await absent.close();
    });

    it("ends a tone's wait at close", async () => {
      sketch.reply = undefined;
      const outcome = buzzer.play(defaultPatterns.read).catch((e: unknown) => e);
      await expect.poll(() => sketch.tones.length).toBe(1);
      await buzzer.close();
      expect(await outcome).toMatchObject({ code: "device.lost" });
    });
  },
);
