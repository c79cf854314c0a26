import type { NfcReader } from "nfc-pcsc";
import { bytesToHex, type FromChild } from "./protocol.ts";
import { type SlotStatus, scard, scardCode, scardText, slotStatus, wasSwapped } from "./status.ts";
import { GET_UID, readUidAnswer } from "./uid.ts";

/** Longest answer to a command, in bytes. */
const MAX_ANSWER = 258;

/** libccid's escape is IOCTL_CCID_ESCAPE; Microsoft's is SCARD_CTL_CODE(3500), which pcsclite has wrong. */
const WINDOWS_ESCAPE = 0x3136b0;

const UNPLUGGED = "It was unplugged";

/** When the daemon dies, its readers' errors come up to this many milliseconds before its own. */
const DAEMON_GRACE = 200;

/** The reader or its driver does not take escape commands: now, or at all. */
export class EscapeRefused extends Error {}

/** One physical reader inside the child process: its cards, and commands to the reader itself, one at a time. */
export class Slot {
  readonly #reader: NfcReader;
  readonly #send: (message: FromChild) => void;
  #status: SlotStatus = slotStatus(0);
  #attached = false;
  /** The card on the reader was reported. */
  #shown = false;
  /** Another program holds the reader for itself. */
  #busy = false;
  /** Which ways in were refused: some drivers take escapes with a card only. */
  readonly #refused = { card: false, direct: false };
  #trouble: string | undefined;
  /** Commands that the reader has not taken yet. */
  #setup: readonly Uint8Array[];
  #work: Promise<unknown> = Promise.resolve();

  constructor(reader: NfcReader, setup: readonly Uint8Array[], send: (message: FromChild) => void) {
    this.#reader = reader;
    this.#send = send;
    this.#setup = setup;
    reader.autoProcessing = false;
    this.#hearSwallowedErrors();
    reader.reader.on("status", (s: { state: number; atr?: Buffer }) =>
      this.#changed(slotStatus(s.state), s.atr),
    );
    reader.on("card", (card: { atr?: Buffer }) => this.#queue(() => this.#read(card.atr)));
    reader.on("card.off", () => this.#queue(async () => this.#off()));
    reader.on("error", (e) => {
      this.#trouble = scardText(e);
    });
    reader.on("end", () => this.#ended());
  }

  /**
   * Hands a command to the reader itself: as an escape, or where that is not allowed as a pseudo APDU (class FF)
   * while a card is in the field, which needs no permission.
   */
  escape(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#queue(() => this.#escape(bytes));
  }

  /** nfc-pcsc reports a failed connection as an event whose name is the error itself. */
  #hearSwallowedErrors(): void {
    const emit = this.#reader.emit.bind(this.#reader);
    this.#reader.emit = (event: string | symbol, ...rest: unknown[]) => {
      if ((event as unknown) instanceof Error) {
        this.#queue(async () => this.#notConnected(event));
        return true;
      }
      return emit(event, ...rest);
    };
  }

  #changed(now: SlotStatus, atr: Buffer | undefined): void {
    const before = this.#status;
    this.#status = now;
    if (now.unknown || now.unavailable) {
      this.#gone(now.unknown ? UNPLUGGED : "It does not answer any more");
      return;
    }
    if (!this.#attached) this.#attach();
    const freed = this.#busy && !now.exclusive;
    if (now.exclusive !== this.#busy) this.#setBusy(now.exclusive);
    if (wasSwapped(before, now)) {
      this.#queue(async () => {
        this.#off();
        await this.#reconnect();
        await this.#read(atr);
      });
    } else if (freed && before.present && now.present) {
      // A card that comes with this status is told by nfc-pcsc itself, and may have been read by then.
      this.#queue(async () => {
        if (this.#shown) return;
        await this.#reconnect();
        await this.#read(atr);
      });
    }
  }

  #attach(): void {
    this.#attached = true;
    this.#send({ t: "reader", reader: this.#reader.name });
    if (this.#status.empty) this.#queue(() => this.#setUp());
  }

  /** After an error the daemon may be gone as a whole, which ends this process before it is told as the reader's. */
  #ended(): void {
    const why = this.#trouble;
    if (why === undefined) this.#gone(UNPLUGGED);
    else setTimeout(() => this.#gone(why), DAEMON_GRACE);
  }

  #gone(why: string): void {
    if (!this.#attached) return;
    this.#attached = false;
    this.#shown = false;
    this.#busy = false;
    this.#send({ t: "gone", reader: this.#reader.name, why });
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    if (busy) this.#off();
    this.#send({ t: busy ? "busy" : "free", reader: this.#reader.name });
  }

  #off(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#send({ t: "off", reader: this.#reader.name });
  }

  #ignored(why: string, raw?: Uint8Array): void {
    if (!this.#attached) return;
    const message = { t: "ignored", reader: this.#reader.name, why } as const;
    this.#send(raw === undefined || raw.length === 0 ? message : { ...message, raw: bytesToHex(raw) });
  }

  #notConnected(e: unknown): void {
    if (!this.#status.present) return;
    if (scardCode(e) !== scard.sharingViolation) this.#ignored(`The card does not answer: ${scardText(e)}`);
    else if (!this.#busy) this.#setBusy(true);
  }

  async #read(atr: Buffer | undefined): Promise<void> {
    let trouble = "";
    let raw: Uint8Array | undefined;
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        if (attempt > 0) await this.#reconnect();
        raw = await this.#reader.transmit(Buffer.from(GET_UID), MAX_ANSWER);
        const answer = readUidAnswer(raw);
        if (answer.ok) return await this.#show(answer.uid, atr);
        trouble = answer.why;
        if (!answer.again) break;
      } catch (e) {
        if (scardCode(e) === scard.sharingViolation) return this.#notConnected(e);
        trouble = `The card was not read: ${scardText(e)}`;
      }
      if (!this.#status.present) break;
    }
    this.#ignored(this.#status.present ? trouble : "The card was taken away while it was read", raw);
  }

  async #show(uid: Uint8Array, atr: Buffer | undefined): Promise<void> {
    if (!this.#attached) return;
    // Whoever can read holds the reader: the status that says so may come later.
    if (this.#busy) this.#setBusy(false);
    this.#shown = true;
    const hex = { uid: bytesToHex(uid), atr: bytesToHex(atr ?? new Uint8Array()) };
    this.#send({ t: "card", reader: this.#reader.name, ...hex });
    await this.#setUp();
  }

  /** Best effort: a reader that goes on beeping by itself is no reason to be without one. */
  async #setUp(): Promise<void> {
    try {
      for (const bytes of this.#setup) {
        await this.#escape(bytes);
        this.#setup = this.#setup.filter((waiting) => waiting !== bytes);
      }
    } catch {
      // Tried again at the next card, where pseudo APDUs need no permission.
    }
  }

  async #escape(bytes: Uint8Array): Promise<Uint8Array> {
    const withCard = this.#reader.connection !== null && this.#status.present;
    const way = withCard ? "card" : "direct";
    if (!this.#refused[way]) {
      try {
        return withCard ? await this.#control(bytes) : await this.#direct(() => this.#control(bytes));
      } catch (e) {
        if (!isRefusal(e)) throw e;
        this.#refused[way] = true;
      }
    }
    if (withCard && bytes[0] === 0xff) return await this.#reader.transmit(Buffer.from(bytes), MAX_ANSWER);
    throw new EscapeRefused("The reader's driver refuses escape commands");
  }

  /** Runs `fn` on a connection to the reader without a card. */
  async #direct<T>(fn: () => Promise<T>): Promise<T> {
    const raw = this.#reader.reader;
    raw.connected = false;
    await new Promise<void>((resolve, reject) => {
      raw.connect({ share_mode: raw.SCARD_SHARE_DIRECT, protocol: 0 }, (e) => (e ? reject(e) : resolve()));
    });
    try {
      return await fn();
    } finally {
      await new Promise<void>((resolve) => raw.disconnect(raw.SCARD_LEAVE_CARD, () => resolve()));
      raw.connected = false;
    }
  }

  #control(bytes: Uint8Array): Promise<Uint8Array> {
    const raw = this.#reader.reader;
    const code = process.platform === "win32" ? WINDOWS_ESCAPE : raw.IOCTL_CCID_ESCAPE;
    return new Promise((resolve, reject) => {
      raw.control(Buffer.from(bytes), code, MAX_ANSWER, (e, answer) => {
        if (e) reject(e);
        else resolve(answer ?? new Uint8Array());
      });
    });
  }

  /**
   * A new connection to the card that lies there now, which is reset: a card at the edge of the field is found
   * again that way. What was left of an older connection is forgotten.
   */
  async #reconnect(): Promise<void> {
    const raw = this.#reader.reader;
    await new Promise<void>((resolve) => raw.disconnect(raw.SCARD_RESET_CARD, () => resolve()));
    raw.connected = false;
    this.#reader.connection = null;
    await this.#reader.connect();
  }

  #queue<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#work.then(job);
    this.#work = done.catch(() => undefined);
    return done;
  }
}

function isRefusal(e: unknown): boolean {
  const code = scardCode(e);
  return code === scard.notTransacted || code === scard.unsupported || code === scard.unsupportedFeature;
}
