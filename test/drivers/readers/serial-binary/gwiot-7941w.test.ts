import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { definitionOf, loadDefinitions } from "../../../../src/drivers/definitions.ts";
import { Gwiot7941wDecoder } from "../../../../src/drivers/readers/serial-binary/gwiot-7941w.ts";
import { createSerialBinaryReader } from "../../../../src/drivers/readers/serial-binary.ts";
import { systemClock } from "../../../../src/util/clock.ts";
import { readerContract } from "../../../contracts/reader.ts";
import { Pty, socatMissing } from "../../../support/pty.ts";

const definition = definitionOf(await loadDefinitions(), "readers", "gwiot-7941w");

/** `CD DC 00 status length data xor`. */
function answer(status: number, data: readonly number[]): number[] {
  const body = [0x00, status, data.length, ...data];
  return [0xcd, 0xdc, ...body, body.reduce((a, b) => a ^ b, 0)];
}

/** A 7941W at the far end of a serial port. */
class Peer {
  hf: string | undefined;
  readonly pty = new Pty((text) => this.#asked(Buffer.from(text, "latin1").toString("hex")));

  #asked(question: string): void {
    const uid = question === "abba00100010" ? this.hf : undefined;
    if (question !== "abba00100010" && question !== "abba00150015") return;
    const frame = uid === undefined ? answer(0x80, []) : answer(0x81, [...Buffer.from(uid, "hex")]);
    void this.pty.send(Uint8Array.from(frame));
  }
}

readerContract(
  "serial-binary: 7941W",
  async () => {
    if (definition.driver !== "serial-binary") throw new Error("gwiot-7941w is not binary");
    const peer = new Peer();
    await peer.pty.plug();
    const reader = await createSerialBinaryReader({
      path: peer.pty.path,
      definition: { ...definition, pollMs: 20, presence: { gapMs: 60, debounceMs: 0 } },
      clock: systemClock,
      retryMs: 20,
    });
    return {
      reader,
      present: (uid) => {
        peer.hf = uid.hex;
      },
      remove: () => {
        peer.hf = undefined;
      },
      unplug: () => peer.pty.unplug(),
      replug: async () => {
        peer.hf = undefined;
        await peer.pty.plug();
      },
      dispose: () => peer.pty.dispose(),
    };
  },
  { missing: socatMissing() },
);

describe("7941W frames", () => {
  const data = fc.array(fc.nat(255), { maxLength: 10 });

  it("are found whole however the bytes come", () => {
    fc.assert(
      fc.property(fc.array(data, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), (all, size) => {
        const stream = all.flatMap((one) => [0x00, 0x55, ...answer(0x81, one)]);
        const decoder = new Gwiot7941wDecoder();
        const found: number[][] = [];
        for (let at = 0; at < stream.length; at += size) {
          for (const message of decoder.push(Uint8Array.from(stream.slice(at, at + size)))) {
            if (message.kind === "data") found.push([...message.bytes]);
          }
        }
        expect(found).toEqual(all.map((one) => [0x81, ...one]));
      }),
    );
  });

  it("that are damaged are told, and the next one is found", () => {
    const wrong = answer(0x81, [1, 2, 3, 4]).map((byte, i) => (i === 6 ? byte ^ 1 : byte));
    const decoder = new Gwiot7941wDecoder();
    const found = decoder.push(Uint8Array.from([...wrong, ...answer(0x80, [])]));
    expect(found.map(({ kind }) => kind)).toEqual(["damaged", "data"]);
  });

  it("are made of any bytes without harm", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), (chunks) => {
        const decoder = new Gwiot7941wDecoder();
        for (const chunk of chunks) expect(decoder.push(chunk).length).toBeLessThanOrEqual(chunk.length + 1);
      }),
    );
  });
});
