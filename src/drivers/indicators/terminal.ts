import type { Clock, Indicator } from "../../station/ports.ts";
import type { BellStream } from "../buzzers/bell.ts";
import { Lamp, type Light } from "./lamp.ts";

/** What stands for a light in the title of a window: many show these in colour. */
const lamps: Readonly<Record<Light, string>> = { green: "🟢", red: "🔴", blue: "🔵", off: "⚪" };

/**
 * The title of the terminal's window as a light: it can be seen from another window, and moves nothing on the screen.
 * Writes nothing to what is not a terminal.
 */
export function createTerminalIndicator(o: {
  readonly clock: Clock;
  readonly stream?: BellStream;
}): Indicator {
  const stream = o.stream ?? process.stderr;
  return new Lamp({
    name: "terminal's title",
    clock: o.clock,
    set: async (light) => {
      if (stream.isTTY === true) stream.write(`\x1b]2;${lamps[light]} tapstation\x07`);
    },
  });
}
