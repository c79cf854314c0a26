import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Buzzer } from "../../src/station/ports.ts";
import { defaultPatterns, type SignalPattern, type Tone } from "../../src/station/signals.ts";
import { AppError } from "../../src/util/errors.ts";

/** A buzzer together with an ear. */
export interface BuzzerUnderTest {
  readonly buzzer: Buzzer;
  /** What was heard, without the pauses. Hz and ms only as far as this buzzer can make them. */
  heard(): readonly Partial<Tone>[] | Promise<readonly Partial<Tone>[]>;
  /** What should be heard of a tone. */
  expected(tone: Tone): Partial<Tone>;
  dispose?(): void | Promise<void>;
}

/** What every {@link Buzzer} promises. `missing`: why it cannot run here, with the command that would enable it. */
export function buzzerContract(
  name: string,
  makeIt: () => Promise<BuzzerUnderTest>,
  missing?: string | undefined,
): void {
  const title = `buzzer contract: ${name}`;
  describe.skipIf(missing !== undefined)(
    missing === undefined ? title : `${title} (skipped: ${missing})`,
    () => {
      let it_: BuzzerUnderTest;
      beforeEach(async () => {
        it_ = await makeIt();
      });
      afterEach(async () => {
        await it_.buzzer.close();
        await it_.dispose?.();
      });

      const sounds = (...patterns: SignalPattern[]): Partial<Tone>[] =>
        patterns.flatMap((p) => p.tones.filter(({ hz }) => hz > 0).map((tone) => it_.expected(tone)));

      it("has a name that a person can use", () => {
        expect(it_.buzzer.name).toMatch(/\S/);
      });

      it.each(["read", "accepted", "rejected"] as const)("plays %s", async (signal) => {
        await it_.buzzer.play(defaultPatterns[signal]);
        expect(await it_.heard()).toEqual(sounds(defaultPatterns[signal]));
      });

      it("plays nothing for a pattern without tones", async () => {
        await it_.buzzer.play(defaultPatterns.ready);
        expect(await it_.heard()).toEqual([]);
      });

      it("plays one pattern after the other", async () => {
        const { read, accepted } = defaultPatterns;
        await Promise.all([it_.buzzer.play(read), it_.buzzer.play(accepted)]);
        expect(await it_.heard()).toEqual(sounds(read, accepted));
      });

      it("can be closed twice, and never hangs or fails otherwise than as a device after that", async () => {
        await it_.buzzer.close();
        await it_.buzzer.close();
        const outcome = await it_.buzzer.play(defaultPatterns.read).catch((e: unknown) => e);
        if (outcome !== undefined) {
          expect(outcome).toBeInstanceOf(AppError);
          expect((outcome as AppError).code).toMatch(/^device\./);
        }
      });
    },
  );
}
