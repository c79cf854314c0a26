import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PcscReader } from "../../src/drivers/readers/pcsc.ts";
import type { ReaderEvent } from "../../src/station/ports.ts";
import { Pcscd, VPCD_READER } from "./pcscd.ts";
import { type ScriptedReader, VirtualPcscd } from "./virtual-pcscd.ts";
import type { VpcdCard } from "./vpcd.ts";
import { answerOf, atrs, type CardScript } from "./vpcd-cards.ts";
import { until } from "./vpcd-until.ts";

/** A PC/SC service with one reader (and more slots), of whatever make. */
export interface PcscBench {
  readonly socket: string;
  readonly readerName: string;
  /** Puts a card on the reader (slot 0) or on the second one (slot 1). */
  present(card: CardScript, slot?: 0 | 1): Promise<VpcdCard>;
  /** Takes all cards away. */
  clear(): Promise<void>;
  stopDaemon(): Promise<void>;
  startDaemon(): Promise<void>;
  close(): Promise<void>;
}

/** Debian's pcscd with vsmartcard's virtual reader. */
export async function realBench(): Promise<PcscBench> {
  const daemon = new Pcscd();
  const cards: VpcdCard[] = [];
  await daemon.start();
  return {
    socket: daemon.socket,
    readerName: `${VPCD_READER} 00 00`,
    present: async (script, slot) => {
      const card = await daemon.present(script, slot);
      cards.push(card);
      return card;
    },
    clear: async () => {
      await Promise.all(cards.splice(0).map((card) => card.remove()));
    },
    stopDaemon: () => daemon.stop(),
    startDaemon: () => daemon.start(),
    close: () => daemon.close(),
  };
}

/** The daemon's client protocol, played by the test. */
export async function virtualBench(): Promise<
  PcscBench & { readonly daemon: VirtualPcscd; readonly readers: readonly [ScriptedReader, ScriptedReader] }
> {
  const dir = mkdtempSync(path.join(tmpdir(), "vpcscd-"));
  const daemon = new VirtualPcscd(path.join(dir, "pcscd.comm"));
  await daemon.start();
  const readers = [daemon.plug(`${VPCD_READER} 00 00`), daemon.plug(`${VPCD_READER} 00 01`)] as const;
  return {
    socket: daemon.socket,
    readerName: readers[0].name,
    daemon,
    readers,
    present: async (card, slot = 0) => {
      const reader = readers[slot];
      reader.apdus.length = 0;
      daemon.insert(reader, scripted(card));
      return { apdus: reader.apdus, remove: async () => daemon.remove(reader) };
    },
    clear: async () => {
      for (const reader of readers) if (reader.card !== undefined) daemon.remove(reader);
    },
    stopDaemon: () => daemon.stop(),
    startDaemon: () => daemon.start(),
    close: async () => {
      await daemon.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function scripted(card: CardScript) {
  return { atr: atrs[card.kind ?? "classic1k"], answer: (apdu: Buffer) => answerOf(card, apdu) };
}

/** What a reader said, kept from the start, to be waited for in order. */
export class EventLog {
  readonly all: ReaderEvent[] = [];
  ended = false;
  #seen = 0;

  constructor(reader: PcscReader) {
    void this.#collect(reader);
  }

  async #collect(reader: PcscReader): Promise<void> {
    for await (const event of reader.events()) this.all.push(event);
    this.ended = true;
  }

  /** The next event of this kind; those before it are passed over. */
  async next<K extends ReaderEvent["kind"]>(
    kind: K,
    fits: (e: Extract<ReaderEvent, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<ReaderEvent, { kind: K }>> {
    let found: Extract<ReaderEvent, { kind: K }> | undefined;
    const wanted = (e: ReaderEvent): e is Extract<ReaderEvent, { kind: K }> =>
      e.kind === kind && fits(e as Extract<ReaderEvent, { kind: K }>);
    try {
      await until(`an event "${kind}"`, () => {
        const at = this.all.findIndex((e, i) => i >= this.#seen && wanted(e));
        if (at >= 0) {
          found = this.all.find((e, i) => i === at && wanted(e)) as typeof found;
          this.#seen = at + 1;
        }
        return found !== undefined;
      });
    } catch (e) {
      throw new Error(`${String(e)}; there was: ${JSON.stringify(this.all)}`);
    }
    return found as Extract<ReaderEvent, { kind: K }>;
  }

  kinds(): string[] {
    return this.all.map((e) => e.kind);
  }
}
