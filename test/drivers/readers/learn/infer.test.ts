import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readerSchema } from "../../../../src/drivers/definitions/reader-schema.ts";
import { readDefinition } from "../../../../src/drivers/definitions/validate.ts";
import type { SerialReaderDefinition } from "../../../../src/drivers/definitions.ts";
import type { Sample } from "../../../../src/drivers/readers/learn/capture.ts";
import { definitionYaml } from "../../../../src/drivers/readers/learn/definition.ts";
import { cutBy, repeatMs } from "../../../../src/drivers/readers/learn/frames.ts";
import { infer, type Reading } from "../../../../src/drivers/readers/learn/infer.ts";
import { loadFramers } from "../../../../src/drivers/readers/serial/frames.ts";
import { readUid } from "../../../../src/drivers/readers/serial/uid-text.ts";
import { CardUid } from "../../../../src/station/card.ts";

const framers = await loadFramers();

/** How a reader says a UID. */
type Voice = (uid: Uint8Array) => string;

const hex = (bytes: Uint8Array, separator = ""): string =>
  [...bytes].map((b) => b.toString(16).padStart(2, "0").toUpperCase()).join(separator);
const number = (bytes: Uint8Array): bigint => BigInt(`0x${hex(bytes)}`);
const bytes = (...b: number[]): string => String.fromCharCode(...b);
const xor = (b: Iterable<number>): number => [...b].reduce((x, y) => x ^ y, 0);
const sum = (b: Iterable<number>): number => [...b].reduce((x, y) => (x + y) & 0xff, 0);
const two = (n: number): string => n.toString(16).padStart(2, "0").toUpperCase();

const voices: Readonly<Record<string, readonly [voice: Voice, lengths: readonly number[]]>> = {
  "hex lines": [(u) => `${hex(u)}\r\n`, [4, 7]],
  "hex lines, last byte first": [(u) => `${hex(u.toReversed())}\r`, [4, 7]],
  "hex with a label": [(u) => `Card UID: ${hex(u, " ")}\r\n`, [4, 7]],
  "hex between words": [(u) => `<card ${hex(u, "-")} ok>\n`, [4, 7]],
  "hex with dots": [(u) => `${hex(u, ".")}\n`, [4, 7]],
  RDM6300: [(u) => `\x02${hex(u)}${two(xor(u))}\x03`, [5]],
  "a sum behind it": [(u) => `\x02${hex(u)}${two(sum(u))}\x03`, [4]],
  "a magnetic stripe's marks, last byte first": [(u) => `;${hex(u.toReversed())}?`, [4]],
  "ten digits": [(u) => `${String(number(u)).padStart(10, "0")}\r\n`, [4]],
  "thirteen digits": [(u) => `\x02${String(number(u)).padStart(13, "0")}\x03`, [5]],
  "a number without zeros, last byte first": [(u) => `No.${number(u.toReversed())}\r\n`, [4]],
  "3+5 digits": [
    (u) =>
      `${String(u[1]).padStart(3, "0")},${String(Number(u[2]) * 256 + Number(u[3])).padStart(5, "0")}\r\n`,
    [4],
  ],
  "5+5 digits": [
    (u) =>
      `${[0, 2].map((i) => String(Number(u[i]) * 256 + Number(u[i + 1])).padStart(5, "0")).join("")}\r\n`,
    [4],
  ],
  "decimal bytes": [(u) => `[${[...u].join(" ")}]`, [4, 7]],
  "a frame with its length": [
    (u) => {
      const body = [u.length + 5, 0x31, ...u];
      return bytes(0x02, ...body, xor(body), 0x03);
    },
    [4, 7],
  ],
  "bytes of a fixed length with a sum": [(u) => bytes(0xaa, 0x10, ...u, sum([0xaa, 0x10, ...u])), [4]],
  "hex with two bytes of a checksum that nobody knows": [
    (u) => `\x02${hex(u)}${two(sum(u) ^ 0x5a)}${two(xor(u) ^ 0xa5)}\x03`,
    [7],
  ],
};

/** Taps of these cards, as the port gives them: each twice while it is held. */
function samplesOf(voice: Voice, uids: readonly Uint8Array[], before = ""): Sample[] {
  return uids.map((uid, i) => {
    const said = Buffer.from(voice(uid), "latin1");
    const hello = before === "" ? [] : [{ at: 0, bytes: Buffer.from(before, "latin1") }];
    const tap = (at: number) => [
      { at, bytes: said.subarray(0, 3) },
      { at: at + 4, bytes: said.subarray(3) },
    ];
    return { uid: CardUid.of(uid), chunks: [...hello, ...tap(2000 + i), ...tap(2500 + i)] };
  });
}

const endsLine = (text: string): boolean => /[\r\n]$/.test(text);

function readBy({ frame, uid }: Reading, text: string): string[] {
  const { texts } = cutBy(frame, [{ at: 0, bytes: Buffer.from(text, "latin1") }], framers);
  return texts.map((one) => readUid(one, uid)).map((r) => ("uid" in r ? r.uid.hex : r.why));
}

const facts = {
  id: "learnt",
  name: "Learnt",
  beepsBySelf: false,
  baudRate: 9600,
  repeatMs: 500,
  port: undefined,
  cards: ["04A1B2C3"],
};

describe("a reader's way is found from two cards, and reads any third one", () => {
  it.each(Object.entries(voices))("%s", (_, [voice, lengths]) => {
    const uid = fc.constantFrom(...lengths).chain((n) => fc.uint8Array({ minLength: n, maxLength: n }));
    const cards = fc.uniqueArray(uid, { minLength: 3, maxLength: 4, selector: (u) => hex(u) });
    fc.assert(
      fc.property(cards, (uids) => {
        const [third = new Uint8Array(), ...shown] = uids;
        // Cards that look the same backwards prove no order, and some numbers look like parts of others.
        fc.pre(shown.some((u) => hex(u) !== hex(u.toReversed())));
        fc.pre(shown.every((u) => u.every((b) => b > 0x20)) && third.every((b) => b > 0x20));
        fc.pre(shown.some((u) => u.length === third.length));
        // Sums that happen to be a line's end with every card that was shown look like one.
        fc.pre(endsLine(voice(third)) || !shown.every((u) => endsLine(voice(u))));
        const inference = infer(samplesOf(voice, shown), framers);
        if (inference.kind === "ambiguous") return;
        expect(inference.kind).toBe("found");
        if (inference.kind !== "found") return;
        const [read = ""] = readBy(inference.reading, voice(third));
        expect(hex(third).endsWith(read) && read.length >= 6).toBe(true);
        const { yaml, definition } = definitionYaml(inference.reading, facts);
        expect(readDefinition<SerialReaderDefinition>(yaml, "learnt.yaml", readerSchema)).toEqual(definition);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what was heard", () => {
  const cards = [Uint8Array.of(0x04, 0xa1, 0xb2, 0xc3), Uint8Array.of(0x6b, 0x3d, 0x12, 0xd6)];

  it("of cards that are the same backwards proves no order: that is told", () => {
    const same = [Uint8Array.of(0x11, 0x22, 0x22, 0x11), Uint8Array.of(0x33, 0x44, 0x44, 0x33)];
    const inference = infer(
      samplesOf((u) => `${hex(u)}\n`, same),
      framers,
    );
    expect(inference).toMatchObject({
      kind: "ambiguous",
      readings: [{ uid: { text: "hex" } }, { uid: { text: "hex", order: "reverse" } }],
    });
  });

  it("without the UIDs in it proves nothing", () => {
    expect(
      infer(
        samplesOf(() => "RFID READY\r\n", cards),
        framers,
      ),
    ).toEqual({ kind: "none" });
    expect(
      infer(
        samplesOf(() => "\x00\xff", cards),
        framers,
      ),
    ).toEqual({ kind: "none" });
    expect(infer([], framers)).toEqual({ kind: "none" });
  });

  it("may begin with a board's hello", () => {
    const inference = infer(
      samplesOf((u) => `UID=${hex(u)}\r\n`, cards, "MFRC522 v2\r\nready\r\n"),
      framers,
    );
    expect(inference).toMatchObject({
      kind: "found",
      reading: { frame: { end: "\n" }, uid: { prefix: "UID=" } },
    });
  });

  it("has the checksum that fits, not one that is merely possible", () => {
    const inference = infer(
      samplesOf((u) => `\x02${hex(u)}${two(xor(u))}\x03`, cards),
      framers,
    );
    expect(inference).toMatchObject({
      reading: { frame: { start: "\x02", end: "\x03" }, uid: { text: "hex", checksum: "xor", bytes: [4] } },
    });
  });

  it("says how often a held card is told", () => {
    expect(repeatMs(samplesOf((u) => hex(u), cards))).toBe(496);
    expect(repeatMs([])).toBeUndefined();
  });

  it("is never a reason to fail, whatever it is", () => {
    const chunk = fc.record({ at: fc.nat(5000), bytes: fc.uint8Array({ maxLength: 80 }) });
    fc.assert(
      fc.property(fc.array(fc.array(chunk, { maxLength: 6 }), { maxLength: 3 }), (taps) => {
        const samples = taps.map((chunks, i) => ({
          uid: CardUid.of(cards[i % 2] ?? new Uint8Array(4)),
          chunks: chunks.sort((a, b) => a.at - b.at),
        }));
        expect(infer(samples, framers).kind).toMatch(/found|none|ambiguous/);
      }),
    );
  });
});

describe("a learnt definition", () => {
  const reading: Reading = { frame: { end: "\n" }, uid: { text: "hex", bytes: [4] } };

  it("knows the reader again by its own USB ids, or by its adapter's name", () => {
    const of = (port: Parameters<typeof definitionYaml>[1]["port"]) =>
      definitionYaml(reading, { ...facts, port }).definition.match;
    expect(of({ path: "/dev/ttyACM0", vendorId: "09D8", productId: "0420" })).toEqual([
      { vendorId: "09D8", productId: "0420" },
    ]);
    expect(of({ path: "/dev/ttyUSB0", vendorId: "1A86", productId: "7523", pnpId: "usb-1a86-if00" })).toEqual(
      [{ path: "*usb-1a86-if00" }],
    );
    expect(of({ path: "/dev/ttyUSB0" })).toBeUndefined();
  });

  it("waits longer for a card than the reader rests", () => {
    const gap = (ms: number | undefined) =>
      definitionYaml(reading, { ...facts, repeatMs: ms }).definition.presence.gapMs;
    expect([undefined, 65, 1000, 60_000].map(gap)).toEqual([300, 300, 2500, 10_000]);
  });
});
