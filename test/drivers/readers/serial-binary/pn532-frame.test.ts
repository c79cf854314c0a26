import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../../../src/drivers/readers/serial-binary/link.ts";
import { Pn532Decoder, pn532Frame } from "../../../../src/drivers/readers/serial-binary/pn532-frame.ts";
import { answerFrame } from "../../../support/pn532-peer.ts";

const hex = (bytes: Iterable<number>): string =>
  Buffer.from([...bytes])
    .toString("hex")
    .toUpperCase();
const bytes = (text: string): number[] => [...Buffer.from(text.replace(/ /g, ""), "hex")];

function decoded(...chunks: readonly (readonly number[])[]): string[] {
  const decoder = new Pn532Decoder();
  return chunks.flatMap((chunk) => decoder.push(Uint8Array.from(chunk)).map(shown));
}

const shown = (m: Message): string =>
  m.kind === "data" ? hex(m.bytes) : m.kind === "damaged" ? `damaged: ${m.why}` : m.kind;

/** An extended information frame: FF FF, two bytes of length, their checksum. */
function extendedFrame(data: readonly number[]): number[] {
  const body = [0xd5, ...data];
  const [high, low] = [body.length >> 8, body.length & 0xff];
  const check = (0x200 - high - low) & 0xff;
  const sum = body.reduce((a, b) => a + b, 0) & 0xff;
  return [0x00, 0x00, 0xff, 0xff, 0xff, high, low, check, ...body, (0x100 - sum) & 0xff, 0x00];
}

/** Bytes in which no start code can begin. */
const noise = fc.array(fc.integer({ min: 1, max: 254 }), { maxLength: 40 });
const data = fc.array(fc.nat(255), { minLength: 1, maxLength: 60 });

describe("PN532 frames", () => {
  it.each([
    ["14 01 00 01", "00 00 FF 05 FB D4 14 01 00 01 16 00"],
    ["4A 01 00", "00 00 FF 04 FC D4 4A 01 00 E1 00"],
    ["02", "00 00 FF 02 FE D4 02 2A 00"],
  ])("the command %s is sent as the manual has it", (command, frame) => {
    expect(hex(pn532Frame(Uint8Array.from(bytes(command))))).toBe(frame.replace(/ /g, ""));
  });

  it.each([
    ["an acknowledgement", "00 00 FF 00 FF 00", ["ack"]],
    ["a refusal", "00 00 FF FF 00 00", ["nack"]],
    ["firmware", "00 00 FF 06 FA D5 03 32 01 06 07 E8 00", ["0332010607"]],
    ["the error frame", "00 00 FF 01 FF 7F 81 00", ["damaged: it does not understand the command"]],
    ["a wrong checksum", "00 00 FF 02 FE D5 15 17 00", ["damaged: its checksum is wrong"]],
    ["a wrong length", "00 00 FF 02 FD D5 15 16 00", []],
    ["without postamble, two together", "00 FF 02 FE D5 15 16 00 FF 00 FF 00", ["15", "ack"]],
    ["a frame from a host", "00 00 FF 02 FE D4 02 2A 00", []],
  ])("%s", (_, frame, expected) => {
    expect(decoded(bytes(frame))).toEqual(expected);
  });

  it("are found whole, normal and extended, however the bytes come and whatever stands between them", () => {
    const frame = fc.record({ data, extended: fc.boolean(), before: noise });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 12 }), (all, cuts) => {
        const stream = all.flatMap((f) => [
          ...f.before,
          ...(f.extended ? extendedFrame(f.data) : answerFrame(f.data)),
        ]);
        const at = [0, ...cuts.map((c) => c % (stream.length + 1)).sort((a, b) => a - b), stream.length];
        const chunks = at.slice(1).map((end, i) => stream.slice(at[i], end));
        expect(decoded(...chunks)).toEqual(all.map((f) => hex(f.data)));
      }),
    );
  });

  it("are found behind any garbage once enough of it has passed", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { maxLength: 400 }), data, (garbage, wanted) => {
        const decoder = new Pn532Decoder();
        decoder.push(Uint8Array.from(garbage));
        const filler = Array.from({ length: 300 }, () => 0x55);
        const found = decoder.push(Uint8Array.from([...filler, ...answerFrame(wanted)])).map(shown);
        expect(found.at(-1)).toBe(hex(wanted));
      }),
    );
  });

  it("a frame that was begun before a command is forgotten with it", () => {
    const decoder = new Pn532Decoder();
    expect(decoder.push(Uint8Array.from(bytes("00 FF FF FF 01 00 FF D5")))).toEqual([]);
    decoder.reset();
    expect(decoder.push(Uint8Array.from(answerFrame([0x15]))).map(shown)).toEqual(["15"]);
  });
});
