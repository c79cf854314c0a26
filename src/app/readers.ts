import { readdir } from "node:fs/promises";
import type { Definitions } from "../drivers/definitions.ts";
import {
  type Detected,
  detectReaders,
  formatReaderSpec,
  openReader,
  parseReaderSpec,
  type ReaderSpec,
} from "../drivers/readers/registry.ts";
import type { CardReader, Clock } from "../station/ports.ts";
import type { TimerHandle } from "../util/clock.ts";
import { errorText, isAppError } from "../util/errors.ts";

/** A reader in use, and why this one. */
export interface UsedReader {
  readonly reader: CardReader;
  readonly why: string;
}

export interface ReaderWatchOptions {
  readonly definitions: Definitions;
  readonly clock: Clock;
  /** A reader was plugged in later. */
  readonly attach: (used: UsedReader) => void;
  /** Something found could not be opened. */
  readonly failed: (what: string, why: string, hint: string | undefined) => void;
}

/** From this score on a detected reader is used unasked. */
const SURE = 50;
const LOOK_AGAIN_MS = 3000;

/** Opens the readers that `--reader` names. @throws AppError `usage`, `driver.missing`, `device.unavailable` */
export async function openNamedReaders(
  specs: readonly string[],
  o: Pick<ReaderWatchOptions, "definitions" | "clock">,
): Promise<UsedReader[]> {
  const used: UsedReader[] = [];
  for (const text of specs) {
    const spec = parseReaderSpec(text);
    if (spec.kind === "virtual") continue;
    used.push({ reader: await openReader(spec, o), why: `named by --reader ${text}` });
  }
  return used;
}

/** Nobody named a reader: uses what is plugged in, and what is plugged in later. */
export class ReaderWatch {
  readonly #o: ReaderWatchOptions;
  readonly #open = new Set<string>();
  #timer: TimerHandle;
  #devices = "";
  #closed = false;
  #note: string | undefined;

  constructor(o: ReaderWatchOptions) {
    this.#o = o;
  }

  /** What is there now. */
  async start(): Promise<UsedReader[]> {
    this.#devices = await deviceNames();
    const found = await this.#look();
    this.#later();
    return found;
  }

  /** What stands in the way of PC/SC readers, and the command that mends it; undefined: nothing does. */
  get note(): string | undefined {
    return this.#note;
  }

  close(): void {
    this.#closed = true;
    this.#o.clock.clearTimeout(this.#timer);
  }

  async #look(): Promise<UsedReader[]> {
    const used: UsedReader[] = [];
    for (const detected of await detectReaders(this.#o)) {
      const key = formatReaderSpec(detected.spec);
      if (detected.spec.kind === "pcsc")
        this.#note = detected.score === 0 ? `PC/SC readers: ${detected.why}` : undefined;
      if (detected.score < SURE || this.#open.has(key) || this.#closed) continue;
      const reader = await this.#tryOpen(detected.spec, detected.name);
      if (reader === undefined) continue;
      this.#open.add(key);
      used.push({ reader, why: whyOf(detected) });
    }
    return used;
  }

  async #tryOpen(spec: ReaderSpec, name: string): Promise<CardReader | undefined> {
    try {
      return await openReader(spec, this.#o);
    } catch (e) {
      this.#o.failed(name, errorText(e), isAppError(e) ? e.hint : undefined);
      return undefined;
    }
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer = this.#o.clock.setTimeout(() => void this.#again(), LOOK_AGAIN_MS);
  }

  /** Asking the ports costs a process; the names of the devices tell cheaply whether anything is new. */
  async #again(): Promise<void> {
    const devices = await deviceNames();
    if (devices !== this.#devices) {
      this.#devices = devices;
      for (const used of await this.#look()) this.#o.attach(used);
    }
    this.#later();
  }
}

function whyOf(d: Detected): string {
  return `plugged in: ${d.why}`;
}

/** Serial devices, keyboards and the PC/SC daemon's socket, as one text. */
async function deviceNames(): Promise<string> {
  const names = await Promise.all([
    namesIn("/dev", /^(tty(USB|ACM)|cu\.)/),
    namesIn("/run/pcscd", /./),
    namesIn("/dev/bus/usb", /./),
    namesIn("/dev/input/by-id", /-event-kbd$/),
  ]);
  return names.join("|");
}

async function namesIn(folder: string, wanted: RegExp): Promise<string> {
  const names = await readdir(folder, { recursive: folder === "/dev/bus/usb" }).catch(() => []);
  return names
    .filter((n) => wanted.test(n))
    .sort()
    .join(",");
}
