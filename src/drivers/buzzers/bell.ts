import type { Buzzer, Clock } from "../../station/ports.ts";
import type { SignalPattern } from "../../station/signals.ts";
import { InTurn } from "./in-turn.ts";

/** The part of a terminal's stream that a bell needs. */
export interface BellStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * The terminal's bell: one for each tone, at the tone's time; its pitch and length are the terminal's. Writes nothing
 * to what is not a terminal.
 */
export function createBellBuzzer(o: { readonly clock: Clock; readonly stream?: BellStream }): Buzzer {
  const stream = o.stream ?? process.stderr;
  const turn = new InTurn("bell");
  const waits = new Set<() => void>();
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        o.clock.clearTimeout(timer);
        waits.delete(done);
        resolve();
      };
      const timer = o.clock.setTimeout(done, ms);
      waits.add(done);
    });
  let closed = false;

  async function ring(pattern: SignalPattern): Promise<void> {
    for (const tone of pattern.tones) {
      if (closed) return;
      if (tone.hz > 0) stream.write("\x07");
      await wait(tone.ms);
    }
  }

  return {
    name: "bell",
    play: (pattern) => (stream.isTTY === true ? turn.run(() => ring(pattern)) : Promise.resolve()),
    close: async () => {
      closed = true;
      for (const done of waits) done();
      await turn.close();
    },
  };
}
