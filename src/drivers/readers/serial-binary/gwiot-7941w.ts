import { CardUid } from "../../../station/card.ts";
import type { CardTechnology } from "../../../station/ports.ts";
import { AppError } from "../../../util/errors.ts";
import { technologyOf } from "../serial/uid-text.ts";
import type { Decoder, Link, Message, PolledCard, Protocol } from "./link.ts";

const ANSWER_WITHIN_MS = 300;
const TRIES = 3;
/** CD DC, address, status, length. */
const HEAD = 5;
/** No answer of a UID is longer. */
const MAX_DATA = 32;
const DONE = 0x81;
const NO_CARD = 0x80;

/** `AB BA`, address 00, command, length 00, exclusive or of the three. */
const question = (code: number): Uint8Array => Uint8Array.of(0xab, 0xba, 0x00, code, 0x00, code);

const fields: readonly { readonly code: number; readonly technology?: CardTechnology }[] = [
  { code: 0x10 },
  { code: 0x15, technology: "EM4100" },
];

/** Gwiot 7941W: 13.56 MHz and 125 kHz, each asked for by its own command. */
export const gwiot7941w: Protocol = {
  decoder: () => new Gwiot7941wDecoder(),
  async connect(link) {
    await ask(link, 0x10);
    return "13.56 MHz and 125 kHz";
  },
  async poll(link) {
    const cards: PolledCard[] = [];
    for (const { code, technology } of fields) {
      const uid = await ask(link, code);
      if (uid !== undefined) cards.push({ uid, technology: technology ?? technologyOf(uid) });
    }
    return cards;
  },
};

/** The UID in one of its fields; undefined when no card lies there. */
async function ask(link: Link, code: number): Promise<CardUid | undefined> {
  let why = "no answer";
  for (let tries = 0; tries < TRIES; tries++) {
    link.send(question(code));
    const answer = await link.next(ANSWER_WITHIN_MS);
    if (answer?.kind === "damaged") why = answer.why;
    if (answer?.kind !== "data") continue;
    const [status, ...uid] = answer.bytes;
    if (status === NO_CARD) return undefined;
    if (status === DONE && [4, 5, 7, 8, 10].includes(uid.length)) return CardUid.of(Uint8Array.from(uid));
    why = `status ${status?.toString(16)} with ${uid.length} bytes`;
  }
  throw new AppError("device.unavailable", `The reader does not answer as a 7941W: ${why}`, {
    hint: "Check the line speed (115200 baud as delivered) and that TX and RX are crossed.",
  });
}

/** Answers `CD DC`, address, status, length, data, exclusive or of all behind the head; their data are status and data. */
export class Gwiot7941wDecoder implements Decoder {
  #held: number[] = [];

  reset(): void {
    this.#held = [];
  }

  push(chunk: Uint8Array): Message[] {
    this.#held.push(...chunk);
    const out: Message[] = [];
    for (;;) {
      this.#toHead();
      if (this.#held.length < HEAD) return out;
      const length = this.#held[4] ?? 0;
      if (length <= MAX_DATA && this.#held.length <= HEAD + length) return out;
      const body = this.#held.slice(2, HEAD + length + 1);
      if (length > MAX_DATA || body.reduce((sum, byte) => sum ^ byte, 0) !== 0) {
        out.push({ kind: "damaged", why: "its checksum is wrong" });
        this.#held = this.#held.slice(2);
        continue;
      }
      out.push({ kind: "data", bytes: Uint8Array.of(body[1] ?? 0, ...body.slice(3, -1)) });
      this.#held = this.#held.slice(HEAD + length + 1);
    }
  }

  /** Drops what stands before `CD DC`. */
  #toHead(): void {
    const start = this.#held.findIndex(
      (byte, i) => byte === 0xcd && (i + 1 === this.#held.length || this.#held[i + 1] === 0xdc),
    );
    this.#held = start < 0 ? [] : this.#held.slice(start);
  }
}
