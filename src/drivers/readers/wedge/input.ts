import type { Readable } from "node:stream";
import { AppError } from "../../../util/errors.ts";
import type { OpenSource } from "../kept-source.ts";

/** A terminal's input has what makes keys arrive one by one. */
export interface KeyInput extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}

const CTRL_C = 0x03;

/** Standard input as a source. In a terminal keys come at once, so that a number without Enter is one, and Ctrl-C ends. */
export function standardInput(input: KeyInput, interrupt: () => void): OpenSource {
  return async (on) => {
    if (input.readableEnded || input.destroyed) throw ended();
    const data = (chunk: Buffer | string): void => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
      if (input.isTTY === true && bytes.includes(CTRL_C)) interrupt();
      else on.data(bytes);
    };
    const end = (): void => on.gone(ended());
    input.setRawMode?.(true);
    input.on("data", data);
    input.once("end", end);
    input.once("error", end);
    return {
      write: () => {},
      pause: () => input.pause(),
      resume: () => input.resume(),
      close: async () => {
        input.off("data", data);
        input.off("end", end);
        input.off("error", end);
        input.setRawMode?.(false);
        input.pause();
      },
    };
  };
}

function ended(): AppError {
  return new AppError("device.lost", "standard input has ended", {
    hint: "Start again with the reader's window in front, or name the input device: --reader wedge:/dev/input/by-id/…",
  });
}
