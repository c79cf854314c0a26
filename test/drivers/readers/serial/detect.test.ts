import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadDefinitions, type ReaderDefinition } from "../../../../src/drivers/definitions.ts";
import { detectReaders } from "../../../../src/drivers/readers/registry.ts";
import {
  listLinks,
  listPorts,
  matchPort,
  type PortFacts,
} from "../../../../src/drivers/readers/serial/detect.ts";

const definitions = await loadDefinitions();

describe("a serial port's definition", () => {
  const ports: readonly [PortFacts, string | undefined, string | undefined][] = [
    [{ path: "/dev/ttyACM0", vendorId: "09D8", productId: "0420" }, "twn4-line", "USB vendor 09D8"],
    [{ path: "COM4", manufacturer: "ELATEC GmbH" }, "twn4-line", 'manufacturer "ELATEC GmbH"'],
    [{ path: "/dev/rfid-RDM6300" }, "rdm6300", "/dev/rfid-RDM6300"],
    [{ path: "/dev/ttyUSB0", pnpId: "usb-My_RDM6300-if00" }, "rdm6300", "usb-My_RDM6300-if00"],
    [
      { path: "/dev/ttyUSB0", vendorId: "1A86", productId: "7523", manufacturer: "QinHeng" },
      undefined,
      undefined,
    ],
    [{ path: "/dev/ttyS0" }, undefined, undefined],
  ];
  it.each(ports)("%j is that of %s", (port, id, why) => {
    const match = matchPort(port, definitions);
    expect(match?.definition.id).toBe(id);
    if (why !== undefined) expect(match?.why).toContain(why);
  });

  it("is the one that agrees in most", () => {
    const twn4 = definitions.readers.get("twn4-line");
    if (twn4?.driver !== "serial") throw new Error("no twn4-line");
    const exact = { ...twn4, id: "exact", match: [{ vendorId: "09D8", productId: "0420" }] };
    const more = {
      ...definitions,
      readers: new Map<string, ReaderDefinition>([...definitions.readers, ["exact", exact]]),
    };
    expect(
      matchPort({ path: "/dev/ttyACM0", vendorId: "09D8", productId: "0420" }, more)?.definition.id,
    ).toBe("exact");
    expect(
      matchPort({ path: "/dev/ttyACM0", vendorId: "09D8", productId: "0421" }, more)?.definition.id,
    ).toBe("twn4-line");
  });
});

describe("detection", () => {
  it("tells each port with what fits and why, the likeliest first", async () => {
    const found = await detectReaders({
      definitions,
      listKeyboards: async () => [],
      listPorts: async () => [{ path: "/dev/ttyUSB0" }, { path: "/dev/ttyACM0", vendorId: "09D8" }],
      probePcsc: async () => ({
        package: true,
        daemon: true,
        readers: ["ACS ACR122U PICC Interface 00 00", "Other 01 00"],
      }),
    });
    expect(found).toEqual([
      {
        spec: { kind: "pcsc" },
        name: "ACS ACR122U PICC Interface 00 00, Other 01 00",
        definition: "acr122u",
        score: 100,
        why: 'PC/SC reader "ACS ACR122U PICC Interface 00 00" (ACS ACR122U); PC/SC reader "Other 01 00"',
      },
      {
        spec: { kind: "serial", path: "/dev/ttyACM0", definition: "twn4-line" },
        name: "Elatec TWN4 (serial) at /dev/ttyACM0",
        definition: "twn4-line",
        score: 50,
        why: "USB vendor 09D8",
      },
      {
        spec: { kind: "serial", path: "/dev/ttyUSB0" },
        name: "/dev/ttyUSB0",
        definition: undefined,
        score: 0,
        why: expect.stringContaining("--reader serial:/dev/ttyUSB0?definition="),
      },
    ]);
  });

  it("tells why there is no PC/SC reader", async () => {
    const found = await detectReaders({
      definitions,
      listKeyboards: async () => [],
      listPorts: async () => [],
      probePcsc: async () => ({
        package: true,
        daemon: false,
        readers: [],
        problem: "The PC/SC service does not run",
        hint: "Start it",
      }),
    });
    expect(found).toEqual([
      {
        spec: { kind: "pcsc" },
        name: "PC/SC",
        definition: undefined,
        score: 0,
        why: "The PC/SC service does not run. Start it",
      },
    ]);
  });

  it("takes a keyboard for a reader only where a definition knows it, never one that somebody types on", async () => {
    const keyboard = { device: "/dev/input/event5", vendorId: "FFFF", productId: "0035" };
    const found = await detectReaders({
      definitions,
      listPorts: async () => [],
      probePcsc: async () => {
        throw new Error("none");
      },
      listKeyboards: async () => [
        { ...keyboard, path: "/dev/input/by-id/usb-reader-event-kbd", name: "SYC ID&IC USB Reader" },
        { ...keyboard, path: "/dev/input/event2", name: "AT Translated Set 2 keyboard", vendorId: "0001" },
        { ...keyboard, path: "/dev/input/event3", name: "Card Reader Keyboard", vendorId: "1234" },
      ],
    });
    expect(found).toEqual([
      {
        spec: { kind: "wedge", path: "/dev/input/by-id/usb-reader-event-kbd", definition: "wedge-decimal" },
        name: "Keyboard reader (ten digits) at /dev/input/by-id/usb-reader-event-kbd",
        definition: "wedge-decimal",
        score: 90,
        why: "USB vendor FFFF, USB product 0035",
      },
    ]);
  });

  it("survives a system that cannot list its ports or readers", async () => {
    const fails = async (): Promise<never> => {
      throw new Error("spawn udevadm ENOENT");
    };
    expect(
      await detectReaders({ definitions, listPorts: fails, probePcsc: fails, listKeyboards: fails }),
    ).toEqual([]);
  });

  describe("by udev's links", () => {
    let dir: string;
    beforeEach(() => {
      dir = realpathSync(mkdtempSync(join(tmpdir(), "tapstation-links-")));
    });
    afterEach(() => rmSync(dir, { recursive: true, force: true }));

    it("tells the port behind each link", async () => {
      writeFileSync(join(dir, "ttyUSB0"), "");
      mkdirSync(join(dir, "by-id"));
      symlinkSync("../ttyUSB0", join(dir, "by-id", "usb-Elatec_TWN4-if00"));
      expect(await listLinks(join(dir, "by-id"))).toEqual([
        { path: join(dir, "ttyUSB0"), pnpId: "usb-Elatec_TWN4-if00" },
      ]);
    });

    it("finds nothing where there are none, whatever the system's own list does", async () => {
      expect(await listLinks(join(dir, "none"))).toEqual([]);
      await expect(listPorts(join(dir, "none"))).resolves.toBeInstanceOf(Array);
    });
  });
});
