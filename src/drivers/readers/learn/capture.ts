import type { CardUid } from "../../../station/card.ts";
import type { Clock } from "../../../station/ports.ts";
import type { TimerHandle } from "../../../util/clock.ts";
import { AppError } from "../../../util/errors.ts";
import { closePort, openPort } from "../serial/port.ts";

/** Bytes that came at once, and when, in milliseconds. */
export interface Chunk {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What a reader sent while a known card was held to it. */
export interface Sample {
  readonly uid: CardUid;
  readonly chunks: readonly Chunk[];
}

export interface CaptureOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly clock: Clock;
  /** How long the first byte is waited for. */
  readonly waitMs: number;
  /** How long is listened from the first byte on: a reader that repeats a held card shows it. */
  readonly holdMs: number;
  /** So much silence ends the tap. */
  readonly quietMs: number;
  readonly signal?: AbortSignal;
  /** The port is open: the card may come. */
  readonly ready?: () => void;
}

/** Within a frame bytes follow each other faster: a tap is not cut in the middle of one. */
const FRAME_GAP_MS = 30;

/** No tap has more; what sends more is no reader. */
const MAX_BYTES = 16_384;

/**
 * Listens to a port for one tap; no chunks when nothing came in time.
 * @throws AppError `device.unavailable` when the port cannot be opened, `device.lost` when it is unplugged meanwhile
 */
export async function captureTap(o: CaptureOptions): Promise<readonly Chunk[]> {
  const port = await openPort(o.path, { baudRate: o.baudRate });
  const { clock } = o;
  const chunks: Chunk[] = [];
  let [total, enough] = [0, false];
  let [quiet, held]: TimerHandle[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const endAfter = (ms: number): void => {
        clock.clearTimeout(quiet);
        quiet = clock.setTimeout(resolve, ms);
      };
      endAfter(o.waitMs);
      port.on("data", (bytes: Buffer) => {
        chunks.push({ at: clock.now(), bytes: Uint8Array.from(bytes) });
        total += bytes.length;
        held ??= clock.setTimeout(() => {
          enough = true;
          endAfter(FRAME_GAP_MS);
        }, o.holdMs);
        endAfter(enough ? FRAME_GAP_MS : o.quietMs);
        if (total > MAX_BYTES) resolve();
      });
      const lost = (): void => reject(new AppError("device.lost", `${o.path} was unplugged`));
      port.once("close", lost);
      port.once("error", lost);
      o.signal?.addEventListener("abort", () => resolve(), { once: true });
      o.ready?.();
    });
  } finally {
    clock.clearTimeout(quiet);
    clock.clearTimeout(held);
    port.removeAllListeners("close");
    await closePort(port);
  }
  return chunks;
}
