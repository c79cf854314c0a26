import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wavOf } from "../../../src/drivers/buzzers/tones.ts";
import { defaultPatterns } from "../../../src/station/signals.ts";
import { rounded, tonesIn } from "./pcm.ts";

const form = { sampleRate: 44100, gain: 0.5, fadeMs: 5 };

describe("a pattern as a WAV file", () => {
  it.each(["read", "accepted", "rejected", "fault"] as const)(
    "sounds as long and as high as asked: %s",
    (signal) => {
      const { tones } = defaultPatterns[signal];
      const heard = tonesIn(wavOf(tones, form).subarray(44), form.sampleRate).map(rounded);
      expect(heard).toEqual(tones.filter(({ hz }) => hz > 0));
    },
  );

  it("has a header that says what follows", () => {
    const file = wavOf([{ hz: 1000, ms: 100 }], form);
    expect(file.toString("latin1", 0, 4)).toBe("RIFF");
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    expect(file.toString("latin1", 8, 16)).toBe("WAVEfmt ");
    expect([file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt16LE(34)]).toEqual([1, 1, 16]);
    expect([file.readUInt32LE(24), file.readUInt32LE(28)]).toEqual([44100, 88200]);
    expect(file.readUInt32LE(40)).toBe(4410 * 2);
    expect(file.length).toBe(44 + 4410 * 2);
  });

  it("rises and falls instead of clicking", () => {
    const file = wavOf([{ hz: 440, ms: 50 }], form);
    expect([file.readInt16LE(44), file.readInt16LE(file.length - 2)]).toEqual([0, 0]);
  });

  it("is never louder than asked and as long as its tones, whatever they are", () => {
    const tone = fc.record({ hz: fc.integer({ min: 0, max: 15000 }), ms: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(fc.array(tone, { maxLength: 4 }), fc.constantFrom(8000, 44100), (tones, sampleRate) => {
        const file = wavOf(tones, { ...form, sampleRate });
        const samples = tones.reduce((sum, { ms }) => sum + Math.round((ms * sampleRate) / 1000), 0);
        expect(file.length).toBe(44 + samples * 2);
        let loudest = 0;
        for (let i = 44; i < file.length; i += 2) loudest = Math.max(loudest, Math.abs(file.readInt16LE(i)));
        expect(loudest).toBeLessThanOrEqual(Math.ceil(32767 * 0.5));
      }),
      { numRuns: 30 },
    );
  });
});
