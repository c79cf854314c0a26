import { Pty } from "./pty.ts";

/** A card as a PN532 lists it: SENS_RES, SEL_RES, UID, and the answer to select of ISO 14443-4 cards. */
export interface PeerCard {
  readonly uid: string;
  readonly sel?: number;
  readonly ats?: readonly number[];
}

type Fault = "none" | "silent" | "nack" | "damaged" | "garbage" | "error frame" | "no ack";

const sum = (bytes: readonly number[]): number => bytes.reduce((a, b) => a + b, 0) & 0xff;

/** The frame of an answer, by the user manual's drawing. */
export function answerFrame(data: readonly number[]): number[] {
  const body = [0xd5, ...data];
  return [0x00, 0x00, 0xff, body.length, 0x100 - body.length, ...body, (0x100 - sum(body)) & 0xff, 0x00];
}

const ACK = [0x00, 0x00, 0xff, 0x00, 0xff, 0x00];
const NACK = [0x00, 0x00, 0xff, 0xff, 0x00, 0x00];

/** A PN532 in HSU mode at the far end of a serial port. It sleeps until it is woken. */
export class Pn532Peer {
  readonly pty: Pty;
  /** What lies in the field. */
  cards: PeerCard[] = [];
  /** Codes of the commands that it carried out. */
  readonly commands: number[] = [];
  /** What goes wrong with the next answers, in turn. */
  readonly faults: Fault[] = [];
  #asleep = true;
  #bytes: number[] = [];
  #last: number[] = [];

  private constructor() {
    this.pty = new Pty((text) => this.#take([...Buffer.from(text, "latin1")]));
  }

  static async plugged(): Promise<Pn532Peer> {
    const peer = new Pn532Peer();
    await peer.pty.plug();
    return peer;
  }

  async unplug(): Promise<void> {
    this.#asleep = true;
    this.#bytes = [];
    await this.pty.unplug();
  }

  #take(bytes: readonly number[]): void {
    this.#bytes.push(...bytes);
    for (;;) {
      const start = this.#bytes.findIndex((b, i) => b === 0 && this.#bytes[i + 1] === 0xff);
      if (this.#bytes[0] === 0x55) this.#asleep = false;
      if (start < 0) return;
      this.#bytes = this.#bytes.slice(start);
      const [, , length = 0, check = 0] = this.#bytes;
      if (this.#bytes.length < 4) return;
      if (length === 0xff && check === 0x00) {
        this.#bytes = this.#bytes.slice(4);
        this.#send(this.#last);
      } else if (length === 0x00) this.#bytes = this.#bytes.slice(4);
      else if (this.#bytes.length < length + 5) return;
      else {
        const body = this.#bytes.slice(4, 4 + length);
        const dcs = this.#bytes[4 + length] ?? 0;
        this.#bytes = this.#bytes.slice(5 + length);
        if (((length + check) & 0xff) === 0 && ((sum(body) + dcs) & 0xff) === 0) this.#command(body);
      }
    }
  }

  #command([tfi, code = 0, ...data]: readonly number[]): void {
    if (this.#asleep || tfi !== 0xd4) return;
    const fault = this.faults.shift();
    if (fault === "silent") return;
    if (fault === "garbage") this.#send([0x00, 0xff, 0x07, 0x00, 0xff, 0xff, 0xff, 0x01, 0x80, 0x55]);
    if (fault === "nack") this.#send(NACK);
    else if (fault !== "no ack") this.#send(ACK);
    if (fault === "error frame") this.#send([0x00, 0x00, 0xff, 0x01, 0xff, 0x7f, 0x81, 0x00]);
    if (fault === "nack" || fault === "error frame") return;
    this.commands.push(code);
    const frame = answerFrame([code + 1, ...this.#answer(code, data)]);
    this.#last = frame;
    if (fault === "damaged") this.#send(frame.map((b, i) => (i === frame.length - 3 ? b ^ 0x10 : b)));
    else this.#send(frame);
  }

  #answer(code: number, data: readonly number[]): number[] {
    if (code === 0x02) return [0x32, 0x01, 0x06, 0x07];
    if (code === 0x4a) return this.#targets(data[0] ?? 1);
    if (code === 0x52) return [0x00];
    return [];
  }

  #targets(max: number): number[] {
    const listed = this.cards.slice(0, max);
    const targets = listed.flatMap(({ uid, sel = 0x08, ats = [] }, i) => {
      const bytes = [...Buffer.from(uid, "hex")];
      return [i + 1, 0x00, 0x04, sel, bytes.length, ...bytes, ...ats];
    });
    return [listed.length, ...targets];
  }

  #send(bytes: readonly number[]): void {
    void this.pty.send(Uint8Array.from(bytes));
  }
}
