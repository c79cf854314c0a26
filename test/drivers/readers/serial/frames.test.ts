import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FrameForm } from "../../../../src/drivers/definitions.ts";
import { type Frame, loadFramers, MAX_FRAME } from "../../../../src/drivers/readers/serial/frames.ts";

const framerOf = await loadFramers();
const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const line: FrameForm = { end: "\n" };
const stx: FrameForm = { start: "\x02", end: "\x03" };
const counted: FrameForm = { length: 12 };
const silent: FrameForm = {};
const binary: FrameForm = { start: "\x02", end: "\x03", lengthAt: 1 };

function framesOf(form: FrameForm, chunks: readonly Uint8Array[]): Frame[] {
  const framer = framerOf(form);
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.silence()];
}

/** The same bytes cut at these places. */
function cut(all: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...[...places].map((p) => p % (all.length + 1)).sort((a, b) => a - b), all.length];
  return at.slice(1).map((end, i) => all.subarray(at[i], end));
}

const pieces = fc.constantFrom(
  "\x020F001845945C\x03",
  "\x024A00D23F8B2C\r\n\x03",
  "04A2241BC85E80\r\n",
  "UID tag : 04 A1 B2 C3\n",
  "\x02123",
  "\xff\xfe\x00",
  "\r",
  "\x03",
  "x".repeat(300),
  "6B3D12D6",
  "\x02\x09\x01\x04\xa1\xb2\xc3\xdc\x03",
  "\x02\x05\x02\x00\x07",
);
const streams = fc.array(pieces, { maxLength: 8 }).map((parts) => bytes(parts.join("")));

describe("frames", () => {
  for (const [name, form] of Object.entries({ line, stx, counted, silent, binary })) {
    it(`come out the same however the bytes are split (${name})`, () => {
      fc.assert(
        fc.property(streams, fc.array(fc.nat(), { maxLength: 20 }), (all, places) => {
          expect(framesOf(form, cut(all, places))).toEqual(framesOf(form, [all]));
        }),
      );
    });

    it(`are made of any bytes without harm and without growing (${name})`, () => {
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 6 }), (chunks) => {
          const frames = framesOf(form, chunks);
          for (const { text, noise } of frames) {
            expect((text ?? noise ?? "").length).toBeLessThanOrEqual(MAX_FRAME);
          }
        }),
      );
    });
  }

  it("take CR, LF and CR LF for the end of a line", () => {
    expect(framesOf(line, [bytes("a\rb\nc\r\nd\n\n")])).toEqual(
      ["a", "b", "c", "d"].map((text) => ({ text })),
    );
  });

  it("tell what stood before the start character as noise", () => {
    expect(framesOf(stx, [bytes("\xff\x02123\x020F001845945C\x03")])).toEqual([
      { noise: "\xff\x02123" },
      { text: "0F001845945C" },
    ]);
  });

  it("need their start character", () => {
    expect(framesOf(stx, [bytes("0F001845945C\x03")])).toEqual([{ noise: "0F001845945C" }]);
  });

  it("are found after any amount of garbage", () => {
    const garbage = Array.from({ length: 50 }, () => bytes("#".repeat(1000)));
    expect(framesOf(stx, [...garbage, bytes("\x020F001845945C\x03")]).at(-1)).toEqual({
      text: "0F001845945C",
    });
    expect(framesOf(line, [...garbage, bytes("\n6B3D12D6\n")]).at(-1)).toEqual({ text: "6B3D12D6" });
  });

  it("count anew after a silence", () => {
    const framer = framerOf(counted);
    expect(framer.push(bytes("0F00184594"))).toEqual([]);
    expect(framer.pending).toBe(true);
    expect(framer.silence()).toEqual([{ noise: "0F00184594" }]);
    expect(framer.pending).toBe(false);
    expect(framer.push(bytes("0F001845945C"))).toEqual([{ text: "0F001845945C" }]);
  });

  it("without end and length are what came before a silence", () => {
    expect(framesOf(silent, [bytes("4\r\n161\r\n"), bytes("178\r\n195\r\n")])).toEqual([
      { text: "4\r\n161\r\n178\r\n195" },
    ]);
  });

  it("of binary bytes may hold their own start and end, and are found behind a false start", () => {
    const frame = "\x02\x09\x01\x02\x03\x03\x02\x08\x03";
    expect(framesOf(binary, [bytes(`\x02${frame}\x02`), bytes(frame.slice(1))])).toEqual([
      { noise: "\x02" },
      { text: frame.slice(1, -1) },
      { text: frame.slice(1, -1) },
    ]);
  });

  it("of binary bytes that never end are given up by the silence", () => {
    const framer = framerOf(binary);
    expect(framer.push(bytes("\x02\xff\x01"))).toEqual([]);
    expect(framer.pending).toBe(true);
    expect(framer.silence()).toEqual([{ noise: "\x02\xff\x01" }]);
    expect(framer.pending).toBe(false);
  });
});
