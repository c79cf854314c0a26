import type { Decoder, Message } from "./link.ts";

/** Longest data of a frame: TFI and 263 more bytes (PN532 user manual, extended information frame). */
const MAX_DATA = 264;
const HOST_TO_READER = 0xd4;
const READER_TO_HOST = 0xd5;
const ERROR_FRAME = 0x7f;

export const ACK: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0x00, 0xff, 0x00);
export const NACK: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00, 0x00);

const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);

/** A command in a normal information frame: `00 00 FF LEN LCS D4 … DCS 00`. At most 254 bytes. */
export function pn532Frame(command: Uint8Array): Uint8Array {
  const length = command.length + 1;
  const checksum = (0x100 - sumOf(command) - HOST_TO_READER) & 0xff;
  return Uint8Array.of(
    ...[0x00, 0x00, 0xff, length, (0x100 - length) & 0xff, HOST_TO_READER],
    ...command,
    ...[checksum, 0x00],
  );
}

/** What stands behind a start code. `more`: too little came yet. `take`: bytes that belong to it. */
type Reading = "more" | { readonly take: number; readonly message?: Message };

/**
 * Frames that a PN532 sends: ACK, NACK, information frames normal and extended, and the error frame. The data of an
 * information frame begin behind the `D5`. Everything before a start code `00 FF` is noise and no message.
 */
export class Pn532Decoder implements Decoder {
  #held: number[] = [];

  reset(): void {
    this.#held = [];
  }

  push(chunk: Uint8Array): Message[] {
    const out: Message[] = [];
    this.#held.push(...chunk);
    let at = 0;
    for (;;) {
      const start = this.#startCode(at);
      if (start === undefined) break;
      const reading = this.#read(start);
      if (reading === "more") {
        at = start;
        break;
      }
      if (reading.message !== undefined) out.push(reading.message);
      at = start + reading.take;
    }
    this.#held = this.#held.slice(this.#startCode(at) ?? this.#tail(at));
    return out;
  }

  #startCode(from: number): number | undefined {
    for (let i = from; i + 1 < this.#held.length; i++) {
      if (this.#held[i] === 0x00 && this.#held[i + 1] === 0xff) return i;
    }
    return undefined;
  }

  /** Without a start code only a last 00 may begin one. */
  #tail(from: number): number {
    const last = this.#held.length - 1;
    return last >= from && this.#held[last] === 0x00 ? last : this.#held.length;
  }

  #read(start: number): Reading {
    const byte = (i: number): number => this.#held[start + i] ?? 0;
    const there = this.#held.length - start;
    if (there < 4) return "more";
    if (byte(2) === 0x00 && byte(3) === 0xff) return { take: 4, message: { kind: "ack" } };
    if (byte(2) === 0xff && byte(3) === 0x00) return { take: 4, message: { kind: "nack" } };
    const extended = byte(2) === 0xff && byte(3) === 0xff;
    if (extended && there < 7) return "more";
    const length = extended ? byte(4) * 256 + byte(5) : byte(2);
    const lengthSum = extended ? byte(4) + byte(5) + byte(6) : byte(2) + byte(3);
    if ((lengthSum & 0xff) !== 0 || length === 0 || length > MAX_DATA) return { take: 1 };
    const data = extended ? 7 : 4;
    if (there < data + length + 1) return "more";
    const body = Uint8Array.from(this.#held.slice(start + data, start + data + length + 1));
    return checked(body, data);
  }
}

/** TFI, data and their checksum. A wrong sum may be a false start code: the search goes on behind that. */
function checked(body: Uint8Array, before: number): Reading {
  if (sumOf(body) !== 0) return { take: 2, message: { kind: "damaged", why: "its checksum is wrong" } };
  const take = before + body.length;
  const [tfi] = body;
  if (tfi === ERROR_FRAME) {
    return { take, message: { kind: "damaged", why: "it does not understand the command" } };
  }
  if (tfi !== READER_TO_HOST) return { take };
  return { take, message: { kind: "data", bytes: body.slice(1, -1) } };
}
