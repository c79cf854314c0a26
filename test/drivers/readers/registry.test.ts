import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadDefinitions } from "../../../src/drivers/definitions.ts";
import { formatReaderSpec, openReader, parseReaderSpec } from "../../../src/drivers/readers/registry.ts";
import { VirtualReader } from "../../../src/drivers/readers/virtual.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { isAppError } from "../../../src/util/errors.ts";
import { ReaderLog } from "../../contracts/reader-log.ts";

const context = { definitions: await loadDefinitions(), clock: systemClock };

describe("a reader's notation", () => {
  it.each([
    ["serial:/dev/ttyUSB0", { kind: "serial", path: "/dev/ttyUSB0" }],
    ["serial:/dev/ttyUSB0@9600", { kind: "serial", path: "/dev/ttyUSB0", baudRate: 9600 }],
    ["serial:COM3?definition=rdm6300", { kind: "serial", path: "COM3", definition: "rdm6300" }],
    [
      "serial:/dev/serial/by-id/usb-x@1-if00@115200?definition=twn4-line",
      { kind: "serial", path: "/dev/serial/by-id/usb-x@1-if00", baudRate: 115200, definition: "twn4-line" },
    ],
    ["pcsc", { kind: "pcsc" }],
    ["pcsc:ACR122", { kind: "pcsc", match: "ACR122" }],
    ["fifo:/tmp/a:b c", { kind: "fifo", path: "/tmp/a:b c" }],
    ["wedge:-", { kind: "wedge", path: "-" }],
    [
      "wedge:/dev/input/by-id/usb-x-event-kbd?definition=wedge-hex",
      { kind: "wedge", path: "/dev/input/by-id/usb-x-event-kbd", definition: "wedge-hex" },
    ],
    ["http:8090", { kind: "http", host: "127.0.0.1", port: 8090 }],
    [
      "http:[::]:8090?token-file=/etc/tap token",
      { kind: "http", host: "::", port: 8090, tokenFile: "/etc/tap token" },
    ],
    ["virtual", { kind: "virtual" }],
  ])("%s is read and written", (text, spec) => {
    expect(parseReaderSpec(text)).toEqual(spec);
    expect(formatReaderSpec(parseReaderSpec(text))).toBe(text);
  });

  it.each([
    ["serail:/dev/ttyUSB0", 'Did you mean "serial"?'],
    ["toString", "Write one of"],
    ["", "Write one of"],
    ["serial", "serial:/dev/ttyUSB0"],
    ["serial:", "serial:/dev/ttyUSB0"],
    ["serial:/dev/ttyUSB0@fast", "serial:/dev/ttyUSB0@9600"],
    ["serial:/dev/ttyUSB0?baud=9600", "?definition=ID"],
    ["serial:/dev/ttyUSB0?definition=a?b", "?definition=ID"],
    ["fifo:", "fifo:/"],
    ["virtual:2", "virtual"],
    ["pcsc:", "pcsc:ACR122"],
    ["wedge:", "wedge:/dev/input"],
    ["http:", "http:8090"],
    ["http:99999", "http:8090"],
    ["http:08090", "http:8090"],
    ["http:8090?token=secret", "http:8090"],
    ["wedge:-?layout=fr", "wedge:/dev/input"],
  ])("%j is refused with what to write", (text, hint) => {
    expect(() => parseReaderSpec(text)).toThrow(
      expect.objectContaining({ code: "usage", hint: expect.stringContaining(hint) }),
    );
  });

  it("is read or refused, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((s) => `serial:${s}`),
        ),
        (text) => {
          try {
            expect(formatReaderSpec(parseReaderSpec(text))).toBe(text);
          } catch (e) {
            if (!isAppError(e, "usage")) throw e;
          }
        },
      ),
    );
  });
});

describe("opening a reader", () => {
  it("makes a virtual one that takes cards", async () => {
    const reader = await openReader({ kind: "virtual" }, context);
    expect(reader).toBeInstanceOf(VirtualReader);
  });

  it("makes a PC/SC one, which starts nothing before it is listened to", async () => {
    const reader = await openReader({ kind: "pcsc", match: "ACR122" }, context);
    expect(reader.name).toBe("pcsc:ACR122");
    await reader.close();
  });

  it("makes a pipe", async () => {
    const dir = mkdtempSync(join(tmpdir(), "tapstation-open-"));
    const reader = await openReader({ kind: "fifo", path: join(dir, "card") }, context);
    expect(reader.name).toBe(join(dir, "card"));
    await reader.close();
    rmSync(dir, { recursive: true });
  });

  it("makes a serial one that says it is lost while its port is not there", async () => {
    const reader = await openReader({ kind: "serial", path: "/dev/no-such-port" }, context);
    const log = new ReaderLog(reader);
    await log.heard("lost");
    await reader.close();
    expect(log.lines).toEqual(["lost"]);
  });

  it("refuses a definition that there is not, with the nearest", async () => {
    await expect(
      openReader({ kind: "serial", path: "/dev/ttyUSB0", definition: "rdm630" }, context),
    ).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining('Did you mean "rdm6300"?') });
  });

  it("refuses a serial reader's definition for a keyboard", async () => {
    await expect(
      openReader({ kind: "wedge", path: "-", definition: "rdm6300" }, context),
    ).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining("--reader serial:") });
  });

  it("refuses a PC/SC reader's definition for a serial port", async () => {
    await expect(
      openReader({ kind: "serial", path: "/dev/ttyUSB0", definition: "acr122u" }, context),
    ).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining("--reader pcsc") });
  });
});
