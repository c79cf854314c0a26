import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Definitions,
  definitionOf,
  loadDefinitions,
  type SerialReaderDefinition,
} from "../../../src/drivers/definitions.ts";
import { openFailure, openPort } from "../../../src/drivers/readers/serial/port.ts";
import { createSerialLineReader } from "../../../src/drivers/readers/serial-line.ts";
import type { CardReader } from "../../../src/station/ports.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { readerContract } from "../../contracts/reader.ts";
import { ReaderLog } from "../../contracts/reader-log.ts";
import { Pty, socatMissing } from "../../support/pty.ts";

const missing = socatMissing();
const definitions: Definitions = await loadDefinitions();

/** The shipped definition, with a gap short enough for a test. */
function definition(id: string, presence = { gapMs: 100, debounceMs: 0 }): SerialReaderDefinition {
  const found = definitionOf(definitions, "readers", id);
  if (found.driver !== "serial") throw new Error(`${id} is not serial`);
  return { ...found, presence };
}

/** RDM6300: STX, 10 hex digits, 2 of checksum, ETX. */
function em4100(hex: string): string {
  const sum = Buffer.from(hex, "hex").reduce((xor, byte) => xor ^ byte, 0);
  return `\x02${hex}${sum.toString(16).padStart(2, "0").toUpperCase()}\x03`;
}

readerContract(
  "serial-line",
  async () => {
    const pty = await Pty.plugged();
    const reader = await createSerialLineReader({
      path: pty.path,
      definition: definition("rdm6300"),
      clock: systemClock,
      retryMs: 20,
    });
    return {
      reader,
      present: (uid) => pty.send(em4100(uid.hex)),
      remove: () => {},
      unplug: () => pty.unplug(),
      replug: () => pty.plug(),
      dispose: () => pty.dispose(),
    };
  },
  { uids: ["0F00184594", "4A00D23F8B"], missing },
);

describe.skipIf(missing !== undefined)(
  `serial readers on a pseudo-terminal${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let pty: Pty;
    let reader: CardReader | undefined;
    beforeEach(async () => {
      pty = await Pty.plugged();
    });
    afterEach(async () => {
      await reader?.close();
      await pty.dispose();
    });

    async function open(which: SerialReaderDefinition): Promise<ReaderLog> {
      reader = await createSerialLineReader({
        path: pty.path,
        definition: which,
        clock: systemClock,
        retryMs: 20,
      });
      const log = new ReaderLog(reader);
      await log.heard("ready");
      return log;
    }

    const transcripts: readonly [string, readonly string[], readonly string[]][] = [
      ["rdm6300", ["\x020F00184594C6\x03"], ["0F00184594"]],
      ["rdm6300", [..."\x021A00A1B2C3CA\x03"], ["1A00A1B2C3"]],
      ["rdm6300", ["\x020F00184594C6\x03\x024A00", "D23F8B2C\x03"], ["0F00184594", "4A00D23F8B"]],
      ["rdm6300", ["\xff\xfe\x02123", "\x024A00D23F8B2C\x03"], ["4A00D23F8B"]],
      ["id-12la", ["\x024A00D23F8B2C\r", "\n", "\x03"], ["4A00D23F8B"]],
      ["em-18", ["4A00D2", "3F8B2C"], ["4A00D23F8B"]],
      ["em-18", ["4A00D23F8B2C0F00184594C6"], ["4A00D23F8B", "0F00184594"]],
      ["twn4-line", ["04A1B2C3D4E580\r"], ["04A1B2C3D4E580"]],
      ["twn4-line", ["E0040100", "12345678\rE004010012345679\r"], ["E004010012345678", "E004010012345679"]],
      ["arduino-rc522", ["RFID_READY\r\nUID tag : 04 A1 B2 C3\r\n"], ["04A1B2C3"]],
      ["arduino-rc522", ["UID (7 bytes): 04:A1:B2:C3:", "D4:E5:80\r\n"], ["04A1B2C3D4E580"]],
      [
        "arduino-rc522",
        ["Card UID: 4 A1 B2 C3\r", "\nTAG:04a1b2c3d4e580\r\n"],
        ["04A1B2C3", "04A1B2C3D4E580"],
      ],
      ["arduino-decimal", ["4\r\n161\r\n", "178\r\n195\r\n"], ["04A1B2C3"]],
      ["generic-line", ["0411223344556677889A\n"], ["0411223344556677889A"]],
      ["gwiot-7941e", ["\xff\x02\x09\x01\x04\xa1\xb2", "\xc3\xdc\x03"], ["04A1B2C3"]],
      ["gwiot-7941e", ["\x02\x0d\x30\xe0\x04\x01\x00\x12\x34\x56\x78\xd0\x03"], ["E004010012345678"]],
      ["obid-ascii", ["E0 04 01 00 12 34 56 78\r"], ["E004010012345678"]],
      ["wiegand-hex", ["3D12D6\r\n6B3D12D6\r\n"], ["3D12D6", "6B3D12D6"]],
      ["wiegand-decimal", ["1799164630\r\n"], ["6B3D12D6"]],
    ];
    it.each(transcripts)("%s: %j", async (id, chunks, uids) => {
      const log = await open(definition(id));
      await pty.send(...chunks);
      await log.heard(`removed ${uids.at(-1)}`);
      expect(log.of("card").map((card) => card.uid.hex)).toEqual(uids);
    });

    it("makes one tap of a card that is held", async () => {
      const log = await open(definition("rdm6300"));
      for (let i = 0; i < 30; i++) await pty.send(em4100("0F00184594"));
      await log.heard("removed 0F00184594");
      expect(log.lines).toEqual(["ready", "card 0F00184594", "removed 0F00184594"]);
      expect(log.of("card")[0]).toMatchObject({ technology: "EM4100" });
    });

    it("tells a return within the debounce time as ignored", async () => {
      const log = await open(definition("rdm6300", { gapMs: 60, debounceMs: 60_000 }));
      await pty.send(em4100("0F00184594"));
      await log.heard("removed 0F00184594");
      await pty.send(em4100("0F00184594"), em4100("0F00184594"));
      await log.heard("ignored");
      expect(log.lines.slice(1)).toEqual(["card 0F00184594", "removed 0F00184594", "ignored"]);
      expect(log.of("ignored")[0]).toMatchObject({
        raw: "0F00184594",
        why: expect.stringContaining("debounce"),
      });
    });

    it("tells frames that are wrong, and why, once, and reads on", async () => {
      const log = await open(definition("rdm6300", { gapMs: 5_000, debounceMs: 0 }));
      const bad = "\x020F0018459400\x03";
      await pty.send(bad, bad, bad, "\x02nonsense\x03", "\x00\xff".repeat(5000), em4100("0F00184594"));
      await log.heard("card 0F00184594");
      expect(log.of("ignored")).toEqual([
        { kind: "ignored", why: "the checksum is wrong", raw: "0F0018459400" },
        { kind: "ignored", why: "no UID in it", raw: "nonsense" },
        { kind: "ignored", why: "not a whole frame", raw: expect.stringMatching(/^(\\x00|\\xff)/) },
      ]);
    });

    it("gives up a frame that was begun and not ended", async () => {
      const log = await open(definition("em-18"));
      await pty.send("4A00D2");
      await log.heard("ignored");
      await pty.send("0F00184594C6");
      await log.heard("card 0F00184594");
      expect(log.of("ignored")).toEqual([{ kind: "ignored", why: "not a whole frame", raw: "4A00D2" }]);
    });

    it("says the model and the line speed when ready", async () => {
      const log = await open(definition("rdm6300"));
      expect(log.of("ready")).toEqual([
        { kind: "ready", name: pty.path, detail: "RDM6300 (125 kHz), 9600 baud" },
      ]);
    });

    it("notices a port that is gone without telling, and takes it up again", async () => {
      const log = await open(definition("rdm6300"));
      await pty.send(em4100("0F00184594"));
      await log.heard("card 0F00184594");
      pty.hide();
      await log.heard("lost");
      pty.show();
      await log.heard("ready", 2);
      await pty.send(em4100("4A00D23F8B"));
      await log.heard("removed 4A00D23F8B");
      expect(log.lines).toEqual([
        "ready",
        "card 0F00184594",
        "removed 0F00184594",
        "lost",
        "ready",
        "card 4A00D23F8B",
        "removed 4A00D23F8B",
      ]);
    });

    it("is lost while another program has the port, and takes it up when it is free", async () => {
      const other = await openPort(pty.path, { baudRate: 9600 });
      reader = await createSerialLineReader({
        path: pty.path,
        definition: definition("rdm6300"),
        clock: systemClock,
        retryMs: 20,
      });
      const log = new ReaderLog(reader);
      await log.heard("lost");
      expect(log.of("lost")[0]).toMatchObject({
        why: expect.stringContaining("another program has it open"),
        hint: expect.stringContaining("fuser"),
      });
      await new Promise<void>((resolve) => other.close(() => resolve()));
      await log.heard("ready");
      expect(log.lines).toEqual(["lost", "ready"]);
    });
  },
);

describe("a serial port that cannot be opened", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "tapstation-serial-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function firstWords(path: string): Promise<ReaderLog> {
    const reader = await createSerialLineReader({
      path,
      definition: definition("rdm6300"),
      clock: systemClock,
      retryMs: 5,
    });
    const log = new ReaderLog(reader);
    await log.heard("lost");
    await reader.close();
    await log.end();
    return log;
  }

  it("is lost, once, when it is not there", async () => {
    const log = await firstWords(join(dir, "ttyUSB9"));
    expect(log.lines).toEqual(["lost"]);
    expect(log.of("lost")[0]).toMatchObject({ why: expect.stringMatching(/ttyUSB9 .*not there/) });
  });

  it("is lost when something else stands at its path", async () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    const log = await firstWords(file);
    expect(log.of("lost")[0]?.why).toContain("it is not a serial port");
  });

  it.each([
    ["Error: Permission denied, cannot open /dev/ttyUSB0", "permission denied", "dialout"],
    ["Error Resource temporarily unavailable Cannot lock port", "another program has it open", "fuser"],
    ["Opening COM3: Access denied", "permission denied", "dialout"],
    ["Opening COM3: File not found", "it is not there", "Plug it in"],
    ["something new", "something new", "cable"],
  ])("says what to do: %s", (text, why, hint) => {
    expect(openFailure("/dev/ttyUSB0", new Error(text))).toMatchObject({
      code: "device.unavailable",
      message: `/dev/ttyUSB0 cannot be opened: ${why}`,
      hint: expect.stringContaining(hint),
    });
  });
});
