import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CardUid } from "../../src/station/card.ts";
import type { CardReader } from "../../src/station/ports.ts";
import { ReaderLog } from "./reader-log.ts";

/** A reader together with the hands that use it. */
export interface ReaderUnderTest {
  readonly reader: CardReader;
  present(uid: CardUid): void | Promise<void>;
  /** Takes the card away, or waits for nothing when the reader ends taps by itself. */
  remove(): void | Promise<void>;
  /** Both absent: nothing can be unplugged. */
  unplug?(): void | Promise<void>;
  replug?(): void | Promise<void>;
  /** Frees what the test made, after the reader is closed. */
  dispose?(): void | Promise<void>;
}

export interface ReaderContractOptions {
  /** UIDs that this reader can deliver, two at least. */
  readonly uids?: readonly string[];
  /** It has no plug: the promises about unplugging are left out. */
  readonly fixed?: boolean;
  /** Why it cannot run here, with the command that would enable it. */
  readonly missing?: string | undefined;
}

/**
 * What every {@link CardReader} promises, whatever it is made of.
 * `makeIt` returns a reader that has no card and is, or soon will be, ready.
 */
export function readerContract(
  name: string,
  makeIt: () => Promise<ReaderUnderTest>,
  options: ReaderContractOptions = {},
): void {
  const [first = "", second = ""] = options.uids ?? ["04A2241BC85E80", "6B3D12D6"];
  const whenPlugged = options.fixed === true ? () => {} : it;
  const title = `reader contract: ${name}`;
  describe.skipIf(options.missing !== undefined)(
    options.missing === undefined ? title : `${title} (skipped: ${options.missing})`,
    () => {
      let it_: ReaderUnderTest;
      let log: ReaderLog;

      beforeEach(async () => {
        it_ = await makeIt();
        log = new ReaderLog(it_.reader);
        await log.heard("ready");
      });

      afterEach(async () => {
        await it_.reader.close();
        await it_.dispose?.();
      });

      async function tap(uid: string, nth = 1): Promise<void> {
        await it_.present(CardUid.parse(uid));
        await log.heard(`card ${uid}`, nth);
        await it_.remove();
        await log.heard(`removed ${uid}`, nth);
      }

      it("has a name that a person can use", () => {
        expect(it_.reader.name).toMatch(/\S/);
      });

      it("tells a card with its UID and technology, then that it is gone", async () => {
        await tap(first);
        expect(log.cards).toEqual([`card ${first}`, `removed ${first}`]);
        expect(log.of("card")[0]).toMatchObject({ technology: expect.stringMatching(/ISO|EM|unknown/) });
      });

      it("tells two cards in their order", async () => {
        await tap(first);
        await tap(second);
        expect(log.cards).toEqual([
          `card ${first}`,
          `removed ${first}`,
          `card ${second}`,
          `removed ${second}`,
        ]);
      });

      whenPlugged("says lost once when unplugged and ready once when it is back, and reads on", async () => {
        await it_.unplug?.();
        await log.heard("lost");
        await it_.replug?.();
        await log.heard("ready", 2);
        await tap(first);
        expect(log.lines).toEqual(["ready", "lost", "ready", `card ${first}`, `removed ${first}`]);
        expect(log.of("lost")[0]?.why).toMatch(/\S/);
      });

      whenPlugged(
        "tells the card gone before the reader when it is unplugged with a card on it",
        async () => {
          await it_.present(CardUid.parse(first));
          await log.heard(`card ${first}`);
          await it_.unplug?.();
          await log.heard("lost");
          expect(log.lines.slice(0, 4)).toEqual(["ready", `card ${first}`, `removed ${first}`, "lost"]);
        },
      );

      it("ends its events at close, and can be closed twice", async () => {
        await it_.reader.close();
        await it_.reader.close();
        await log.end();
        expect(log.ended).toBe(true);
      });

      whenPlugged("can be closed while it is unplugged", async () => {
        await it_.unplug?.();
        await log.heard("lost");
        await it_.reader.close();
        await log.end();
        expect(log.ended).toBe(true);
      });
    },
  );
}
