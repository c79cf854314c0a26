import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type BinaryReaderDefinition,
  definitionOf,
  loadDefinitions,
} from "../../../../src/drivers/definitions.ts";
import { targetsOf } from "../../../../src/drivers/readers/serial-binary/pn532.ts";
import { createSerialBinaryReader } from "../../../../src/drivers/readers/serial-binary.ts";
import type { CardReader } from "../../../../src/station/ports.ts";
import { systemClock } from "../../../../src/util/clock.ts";
import { readerContract } from "../../../contracts/reader.ts";
import { ReaderLog } from "../../../contracts/reader-log.ts";
import { until } from "../../../contracts/until.ts";
import { Pn532Peer } from "../../../support/pn532-peer.ts";
import { Pty, socatMissing } from "../../../support/pty.ts";

const missing = socatMissing();
const shipped = definitionOf(await loadDefinitions(), "readers", "pn532-hsu");
if (shipped.driver !== "serial-binary") throw new Error("pn532-hsu is not binary");
/** The shipped definition, fast enough for a test. */
const definition: BinaryReaderDefinition = {
  ...shipped,
  pollMs: 20,
  presence: { gapMs: 60, debounceMs: 0 },
};
const open = (path: string, of = definition): Promise<CardReader> =>
  createSerialBinaryReader({ path, definition: of, clock: systemClock, retryMs: 20 });

readerContract(
  "serial-binary: PN532",
  async () => {
    const peer = await Pn532Peer.plugged();
    return {
      reader: await open(peer.pty.path),
      present: (uid) => {
        peer.cards = [{ uid: uid.hex }];
      },
      remove: () => {
        peer.cards = [];
      },
      unplug: () => peer.unplug(),
      replug: async () => {
        peer.cards = [];
        await peer.pty.plug();
      },
      dispose: () => peer.pty.dispose(),
    };
  },
  { missing },
);

describe.skipIf(missing !== undefined)(
  `a PN532 on a pseudo-terminal${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let peer: Pn532Peer;
    let reader: CardReader | undefined;
    beforeEach(async () => {
      peer = await Pn532Peer.plugged();
    });
    afterEach(async () => {
      await reader?.close();
      await peer.pty.dispose();
    });

    async function listen(of = definition): Promise<ReaderLog> {
      reader = await open(peer.pty.path, of);
      const log = new ReaderLog(reader);
      await log.heard("ready");
      return log;
    }

    it("is woken, and says its firmware", async () => {
      const log = await listen();
      expect(log.of("ready")[0]?.detail).toBe("NXP PN532 (HSU), PN532 firmware 1.6, 115200 baud");
      expect(peer.commands.slice(0, 3)).toEqual([0x14, 0x02, 0x32]);
    });

    it("tells two cards that lie there together, and each that goes", async () => {
      const log = await listen();
      peer.cards = [{ uid: "6B3D12D6" }, { uid: "04A2241BC85E80", sel: 0x00 }];
      await log.heard("card 04A2241BC85E80");
      peer.cards = [{ uid: "04A2241BC85E80", sel: 0x00 }];
      await log.heard("removed 6B3D12D6");
      peer.cards = [];
      await log.heard("removed 04A2241BC85E80");
      expect(log.cards).toEqual([
        "card 6B3D12D6",
        "card 04A2241BC85E80",
        "removed 6B3D12D6",
        "removed 04A2241BC85E80",
      ]);
      expect(log.of("card").map((c) => c.cardType)).toEqual([
        "MIFARE Classic 1K",
        "MIFARE Ultralight or NTAG21x",
      ]);
    });

    it("takes a phone's changing random UIDs for one tap", async () => {
      const log = await listen();
      peer.cards = [{ uid: "08A1B2C3", sel: 0x20, ats: [0x05, 0x78, 0x80, 0x70, 0x02] }];
      await log.heard("card 08A1B2C3");
      for (const uid of ["08111111", "08222222"]) {
        peer.cards = [{ uid, sel: 0x20, ats: [0x01] }];
        const polls = peer.commands.length;
        await until(
          () => "six more polls",
          () => peer.commands.length > polls + 18,
        );
      }
      peer.cards = [];
      await log.heard("removed 08A1B2C3");
      expect(log.cards).toEqual(["card 08A1B2C3", "removed 08A1B2C3"]);
    });

    it("reads on through refusals, damage, garbage, error frames and silence", async () => {
      const log = await listen();
      const faults = ["nack", "damaged", "error frame", "silent", "no ack"] as const;
      peer.faults.push(...faults.flatMap((fault) => [fault, "garbage", "none", "none", "none"] as const));
      peer.cards = [{ uid: "6B3D12D6" }];
      await until(
        () => "the end of the faults",
        () => peer.faults.length === 0,
      );
      await log.heard("card 6B3D12D6");
      expect(log.lines).toEqual(["ready", "card 6B3D12D6"]);
    });

    it("is lost once when it falls silent with a card on it, and ready when it answers again", async () => {
      const log = await listen();
      peer.cards = [{ uid: "6B3D12D6" }];
      await log.heard("card 6B3D12D6");
      peer.faults.push(...Array.from({ length: 9 }, () => "silent" as const));
      await log.heard("ready", 2);
      await log.heard("card 6B3D12D6", 2);
      expect(log.lines).toEqual([
        "ready",
        "card 6B3D12D6",
        "removed 6B3D12D6",
        "lost",
        "ready",
        "card 6B3D12D6",
      ]);
      expect(log.of("lost")[0]).toMatchObject({
        why: expect.stringContaining("no answer"),
        hint: expect.stringContaining("HSU"),
      });
    });

    it("counts a card only after the definition's minimum hold, and says so otherwise", async () => {
      const log = await listen({ ...definition, presence: { gapMs: 40, debounceMs: 0, minHoldMs: 60_000 } });
      peer.cards = [{ uid: "6B3D12D6" }];
      const polls = peer.commands.length;
      await until(
        () => "some polls",
        () => peer.commands.length > polls + 6,
      );
      peer.cards = [];
      await log.heard("ignored");
      expect(log.of("ignored")[0]).toMatchObject({
        raw: "6B3D12D6",
        why: expect.stringContaining("minimum 60000 ms"),
      });
      expect(log.cards).toEqual([]);
    });
  },
);

describe.skipIf(missing !== undefined)(
  `a port without a PN532${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    it("is lost once, with what to check", async () => {
      const pty = await Pty.plugged(() => void pty.send("Arduino here\r\n"));
      const reader = await open(pty.path);
      const log = new ReaderLog(reader);
      await log.heard("lost");
      await reader.close();
      await pty.dispose();
      expect(log.lines).toEqual(["lost"]);
      expect(log.of("lost")[0]?.why).toContain("does not answer as one");
    });
  },
);

describe("a PN532's list of targets", () => {
  it.each([
    ["00", []],
    ["01 01 0004 08 04 6B3D12D6", ["6B3D12D6"]],
    ["02 01 0344 20 07 04A2241BC85E80 05 78807002 02 0004 08 04 6B3D12D6", ["04A2241BC85E80", "6B3D12D6"]],
    ["02 01 0004 08 04 6B3D12D6 02 0004 08 07 04A2", ["6B3D12D6"]],
    ["01 01 0004 08 05 6B3D12D600", []],
    ["", []],
  ])("%s", (text, uids) => {
    const bytes = Uint8Array.from(Buffer.from(text.replace(/ /g, ""), "hex"));
    expect(targetsOf(bytes).map(({ uid }) => uid.hex)).toEqual(uids);
  });
});
