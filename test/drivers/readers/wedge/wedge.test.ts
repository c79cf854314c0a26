import { execFileSync } from "node:child_process";
import { closeSync, constants, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  definitionOf,
  type KeyboardReaderDefinition,
  loadDefinitions,
} from "../../../../src/drivers/definitions.ts";
import { createWedgeReader } from "../../../../src/drivers/readers/wedge.ts";
import type { CardReader } from "../../../../src/station/ports.ts";
import { SimulatedClock, systemClock } from "../../../../src/util/clock.ts";
import { readerContract } from "../../../contracts/reader.ts";
import { ReaderLog } from "../../../contracts/reader-log.ts";
import { Bin } from "../../../support/bin.ts";
import { record, typing } from "../../../support/keyboard.ts";
import { Pty, socatMissing } from "../../../support/pty.ts";
import { SoftKeyboard, uinputMissing } from "../../../support/uinput.ts";

const definitions = await loadDefinitions();

function definition(id: string, presence = { gapMs: 60, debounceMs: 0 }): KeyboardReaderDefinition {
  const found = definitionOf(definitions, "readers", id);
  if (found.driver !== "keyboard") throw new Error(`${id} is no keyboard`);
  return { ...found, presence };
}

/** A pipe that carries the records of a keyboard. */
class Keyboard {
  readonly #dir = mkdtempSync(join(tmpdir(), "tapstation-keys-"));
  readonly path = join(this.#dir, "event0");
  #fd: number | undefined;

  plug(): void {
    execFileSync("mkfifo", [this.path]);
    this.#fd = openSync(this.path, constants.O_RDWR | constants.O_NONBLOCK);
  }

  send(...records: readonly Uint8Array[]): void {
    if (this.#fd === undefined) throw new Error("unplugged");
    writeSync(this.#fd, Buffer.concat(records));
  }

  unplug(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    rmSync(this.path);
  }

  dispose(): void {
    this.unplug();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

readerContract("wedge", async () => {
  const keyboard = new Keyboard();
  keyboard.plug();
  return {
    reader: createWedgeReader({
      path: keyboard.path,
      definition: definition("wedge-hex"),
      clock: systemClock,
      retryMs: 20,
    }),
    present: (uid) => keyboard.send(typing(uid.hex)),
    remove: () => {},
    unplug: () => keyboard.unplug(),
    replug: () => keyboard.plug(),
    dispose: () => keyboard.dispose(),
  };
});

describe("a reader that types", () => {
  let keyboard: Keyboard;
  let reader: CardReader | undefined;
  beforeEach(() => {
    keyboard = new Keyboard();
    keyboard.plug();
  });
  afterEach(async () => {
    await reader?.close();
    keyboard.dispose();
  });

  async function open(of: KeyboardReaderDefinition): Promise<ReaderLog> {
    reader = createWedgeReader({ path: keyboard.path, definition: of, clock: systemClock, retryMs: 20 });
    const log = new ReaderLog(reader);
    await log.heard("ready");
    return log;
  }

  it.each([
    ["wedge-decimal", "0001590676", "00184594"],
    ["wedge-decimal-reversed", "0001590676", "94451800"],
    ["wedge-3-5", "024,17812", "184594"],
    ["wedge-3-5", "02417812", "184594"],
    ["wedge-hex", "04a2241bc85e80", "04A2241BC85E80"],
    ["wedge-hex", "6B3D12D6", "6B3D12D6"],
  ])("%s: %s is %s", async (id, text, uid) => {
    const log = await open(definition(id));
    keyboard.send(typing(text));
    await log.heard(`removed ${uid}`);
    expect(log.lines).toEqual(["ready", `card ${uid}`, `removed ${uid}`]);
  });

  it("needs no Enter", async () => {
    const log = await open(definition("wedge-decimal"));
    keyboard.send(typing("0001590676", 0));
    await log.heard("removed 00184594");
    keyboard.send(typing("0001590677", 0));
    await log.heard("removed 00184595");
  });

  it("says what was no number, and that keys were lost", async () => {
    const log = await open(definition("wedge-decimal"));
    keyboard.send(
      typing("12345"),
      typing("00", 0),
      record(0, 3, 0),
      typing("0001590677"),
      typing("0001590676"),
    );
    await log.heard("card 00184594");
    expect(log.of("ignored")).toEqual([
      { kind: "ignored", why: "5 digits, this reader's numbers have 10", raw: "12345" },
      { kind: "ignored", why: "keys were lost on the way", raw: "000001590677" },
    ]);
  });

  it("is lost once while its device is not there", async () => {
    keyboard.unplug();
    reader = createWedgeReader({
      path: keyboard.path,
      definition: definition("wedge-hex"),
      clock: systemClock,
      retryMs: 5,
    });
    const log = new ReaderLog(reader);
    await log.heard("lost");
    keyboard.plug();
    await log.heard("ready");
    expect(log.lines).toEqual(["lost", "ready"]);
    expect(log.of("lost")[0]).toMatchObject({ why: expect.stringContaining("not there") });
  });
});

describe("standard input as a reader", () => {
  function open(): { input: PassThrough; log: ReaderLog; clock: SimulatedClock; reader: CardReader } {
    const input = new PassThrough();
    const clock = new SimulatedClock();
    const reader = createWedgeReader({ path: "-", definition: definition("wedge-decimal"), clock, input });
    return { input, clock, reader, log: new ReaderLog(reader) };
  }

  it("takes lines, numbers without an end, and what a French machine makes of them", async () => {
    const { input, log, clock, reader } = open();
    await log.heard("ready");
    input.write("0001590676\r\n");
    await log.heard("card 00184594");
    input.write("ààà&(çà");
    input.write("-èè");
    await clock.advance(200);
    await log.heard("card 00184595");
    await clock.advance(200);
    await reader.close();
    expect(log.cards).toEqual(["card 00184594", "removed 00184594", "card 00184595", "removed 00184595"]);
  });

  it("is lost when it ends", async () => {
    const { input, log, reader } = open();
    await log.heard("ready");
    input.end();
    await log.heard("lost");
    await reader.close();
    expect(log.lines).toEqual(["ready", "lost"]);
  });
});

describe("the program with a reader that types into its window", () => {
  it("takes what is typed for cards", async () => {
    const data = mkdtempSync(join(tmpdir(), "tapstation-typed-"));
    const bin = new Bin(["start", "--reader", "wedge:-", "--json", "--data", data]);
    await bin.until(({ stdout }) => stdout.includes('"reader":"standard input","state":"ready"'));
    bin.process.stdin.write("0001590676\n");
    await bin.until(({ stdout }) => stdout.includes('"uid":"00184594","event":"presented"'));
    bin.process.kill("SIGTERM");
    expect((await bin.ended).code).toBe(0);
    rmSync(data, { recursive: true });
  });

  it("refuses to take verbs from there too", async () => {
    const { code, stderr } = await new Bin(["start", "--reader", "wedge:-", "--control", "-"]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("Standard input can be one thing only");
  });
});

const ptyMissing = socatMissing();
describe.skipIf(ptyMissing !== undefined)(
  `a device that cannot be taken${ptyMissing === undefined ? "" : ` (skipped: ${ptyMissing})`}`,
  () => {
    // A terminal is a device too, and refuses what only input devices can do: the program that takes it is the real one.
    it.each(["perl", "python3"])("is lost, and %s's reason is told", async (command) => {
      const pty = await Pty.plugged();
      const reader = createWedgeReader({
        path: pty.path,
        definition: definition("wedge-hex"),
        clock: systemClock,
        commands: [command],
      });
      const log = new ReaderLog(reader);
      await log.heard("lost");
      await reader.close();
      await pty.dispose();
      expect(log.of("lost")[0]?.why).toMatch(/grab: Inappropriate ioctl/);
    });

    it("is read beside the other programs where nothing can take it, and that is said", async () => {
      const pty = await Pty.plugged();
      const reader = createWedgeReader({
        path: pty.path,
        definition: definition("wedge-hex"),
        clock: systemClock,
        commands: ["cat"],
      });
      const log = new ReaderLog(reader);
      await log.heard("ready");
      await reader.close();
      await pty.dispose();
      expect(log.of("ready")[0]?.detail).toMatch(/not for us alone.*perl-base/);
    });
  },
);

const noKernel = uinputMissing();
describe.skipIf(noKernel !== undefined)(
  `the kernel's own keyboard${noKernel === undefined ? "" : ` (skipped: ${noKernel})`}`,
  () => {
    it.each(["perl", "python3"])("is ours alone through %s, and its taps arrive", async (command) => {
      const keyboard = await SoftKeyboard.plugged();
      const others: Buffer[] = [];
      const other = createReadStream(keyboard.path).on("data", (chunk) => others.push(Buffer.from(chunk)));
      other.on("error", () => {});
      const reader = createWedgeReader({
        path: keyboard.path,
        definition: definition("wedge-decimal"),
        clock: systemClock,
        retryMs: 20,
        commands: [command],
      });
      const log = new ReaderLog(reader);
      await log.heard("ready");
      keyboard.type("0001590676");
      await log.heard("removed 00184594");
      expect(others).toEqual([]);
      await keyboard.unplug();
      await log.heard("lost");
      await reader.close();
      other.destroy();
    });
  },
);
