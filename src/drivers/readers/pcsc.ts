import { CardUid } from "../../station/card.ts";
import type { CardReader, ReaderEvent } from "../../station/ports.ts";
import { type Clock, systemClock, type TimerHandle } from "../../util/clock.ts";
import type { PresenceForm } from "../definitions.ts";
import { EventQueue } from "./event-queue.ts";
import { type CardKind, cardKindOf } from "./pcsc/atr.ts";
import { Escapes } from "./pcsc/escapes.ts";
import { hints } from "./pcsc/hints.ts";
import { childProgram } from "./pcsc/process.ts";
import { type FromChild, hexToBytes, type ReaderSetup } from "./pcsc/protocol.ts";
import { type Outage, Supervisor } from "./pcsc/supervisor.ts";
import { Presence } from "./serial/presence.ts";

export { type ProbedPcsc, probePcsc } from "./pcsc/probe.ts";
export type { ReaderSetup } from "./pcsc/protocol.ts";

export interface PcscReaderOptions {
  /** Only readers whose name contains this, without regard to case. Absent: all but SAM slots. */
  readonly match?: string;
  /** Commands to readers when they become ready, for example to switch their own beep off. */
  readonly setup?: readonly ReaderSetup[];
  /** What counts as a tap on a reader of this name. Absent: whatever the reader tells. */
  readonly presenceOf?: (readerName: string) => Partial<PresenceForm> | undefined;
  /** What is said of a reader of this name when it is ready, besides that it is one of PC/SC. */
  readonly describe?: (readerName: string) => string | undefined;
  readonly clock?: Clock;
  /** The daemon's socket. Default: PCSCLITE_CSOCK_NAME, or /run/pcscd/pcscd.comm. */
  readonly socket?: string;
  /** The child's program; default: the one that is built beside this file. */
  readonly program?: URL;
}

/** All PC/SC readers of the machine as one source of cards; each event names its physical reader. */
export interface PcscReader extends CardReader {
  /** Names of the readers that are plugged in and usable now. */
  readonly readers: readonly string[];
  /** The reader that saw a card last, as long as it is plugged in. */
  readonly latest: string | undefined;
  /** The process id of the child that holds nfc-pcsc now. */
  readonly pid: number | undefined;
  /**
   * Hands a command (an escape, or a pseudo APDU of class FF) to a reader itself and returns its answer. Without
   * a name it goes to the reader that saw a card last, else to the first one.
   * @throws AppError `device.unavailable`
   */
  escape(bytes: Uint8Array, readerName?: string): Promise<Uint8Array>;
}

/** The reader tells when a card comes and goes: no silence is waited for. */
const EXACT: PresenceForm = { gapMs: 0, debounceMs: 0 };

interface SeenCard extends CardKind {
  readonly uid: CardUid;
  readonly atr: string;
}

/** How long readers may take to show up after the daemon answers before "no reader" is said, in milliseconds. */
const READER_GRACE = 1000;

const outageText: Readonly<Record<Outage["kind"], { readonly what: string; readonly hint: string }>> = {
  package: { what: "The package nfc-pcsc cannot be loaded", hint: hints.package },
  daemon: { what: "The PC/SC service does not run", hint: hints.daemon },
  slept: { what: "The machine was asleep, readers are looked for anew", hint: hints.slept },
  silent: { what: "The PC/SC service does not answer", hint: hints.silent },
  denied: { what: "The PC/SC service refuses this user", hint: hints.denied },
  broken: { what: "The connection to the PC/SC service broke", hint: hints.silent },
};

class Pcsc implements PcscReader {
  readonly name: string;
  readonly #o: PcscReaderOptions;
  readonly #clock: Clock;
  readonly #queue = new EventQueue();
  readonly #supervisor: Supervisor;
  readonly #escapes: Escapes;
  /** Readers that are plugged in, each with its cards. */
  readonly #readers = new Map<string, Presence<SeenCard>>();
  /** Those of them that other programs hold. */
  readonly #busy = new Set<string>();
  #latest: string | undefined;
  readonly #skipped = new Set<string>();
  /** What was said about being without any reader, since the last `ready`. */
  readonly #said = new Set<string>();
  #grace: TimerHandle;

  constructor(o: PcscReaderOptions) {
    this.#o = o;
    this.name = o.match === undefined ? "pcsc" : `pcsc:${o.match}`;
    this.#clock = o.clock ?? systemClock;
    this.#supervisor = new Supervisor({
      clock: this.#clock,
      socket: o.socket,
      program: o.program ?? childProgram,
      start: {
        t: "start",
        setup: (o.setup ?? []).map(plainSetup),
        ...(o.match === undefined ? {} : { match: o.match }),
      },
      onMessage: (m) => this.#heard(m),
      onOutage: (outage) => this.#outage(outage),
    });
    this.#escapes = new Escapes(this.#clock, this.#supervisor);
  }

  get readers(): readonly string[] {
    return [...this.#readers.keys()].filter((name) => !this.#busy.has(name));
  }

  get latest(): string | undefined {
    return this.#latest;
  }

  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  events(): AsyncIterable<ReaderEvent> {
    this.#supervisor.start();
    return this.#queue.iterate();
  }

  escape(bytes: Uint8Array, readerName?: string): Promise<Uint8Array> {
    return this.#escapes.send(bytes, this.readers, readerName);
  }

  async close(): Promise<void> {
    this.#clock.clearTimeout(this.#grace);
    for (const presence of this.#readers.values()) presence.leave();
    await this.#supervisor.close();
    this.#escapes.fail("The PC/SC driver was closed");
    this.#queue.close();
  }

  /** One line a message of the child; the others are the supervisor's business. */
  #heard(m: FromChild): void {
    if (m.t === "reader") this.#ready(m.reader);
    else if (m.t === "gone") this.#gone(m.reader, m.why);
    else if (m.t === "card") this.#card(m);
    else if (m.t === "off") this.#readers.get(m.reader)?.leave();
    else if (m.t === "busy") this.#busyNow(m.reader);
    else if (m.t === "free") this.#freeNow(m.reader);
    else if (m.t === "ignored") {
      const raw = m.raw === undefined ? {} : { raw: m.raw };
      this.#tell({ kind: "ignored", why: m.why, reader: m.reader, ...raw });
    } else if (m.t === "skipped") this.#skipped.add(m.reader);
    else if (m.t === "listed") this.#expectReaders();
    else if (m.t === "answer" || m.t === "failed") this.#escapes.heard(m);
  }

  #ready(reader: string): void {
    this.#readers.set(reader, this.#presenceOf(reader));
    this.#said.clear();
    const more = this.#o.describe?.(reader);
    this.#tell({ kind: "ready", name: reader, detail: more === undefined ? "PC/SC" : `PC/SC, ${more}` });
  }

  #presenceOf(reader: string): Presence<SeenCard> {
    const form = { ...EXACT, ...this.#o.presenceOf?.(reader) };
    return new Presence(form, this.#clock, {
      card: (card) => {
        this.#latest = reader;
        this.#tell({ kind: "card", reader, ...card });
      },
      removed: ({ uid }) => this.#tell({ kind: "removed", uid, reader }),
      suppressed: ({ uid }, why) => this.#tell({ kind: "ignored", why, raw: uid.hex, reader }),
    });
  }

  #gone(reader: string, why: string): void {
    this.#readers.get(reader)?.leave();
    this.#busy.delete(reader);
    if (this.#latest === reader) this.#latest = undefined;
    if (!this.#readers.delete(reader)) return;
    this.#said.add("no reader");
    this.#tell({ kind: "lost", reader, why: `${reader}: ${why}`, hint: hints.unplugged });
  }

  #busyNow(reader: string): void {
    if (!this.#readers.has(reader) || this.#busy.has(reader)) return;
    this.#readers.get(reader)?.leave();
    this.#busy.add(reader);
    const why = `${reader}: another program holds it for itself`;
    this.#tell({ kind: "lost", reader, why, hint: hints.busy });
  }

  #freeNow(reader: string): void {
    if (this.#busy.delete(reader)) this.#tell({ kind: "ready", name: reader, detail: "PC/SC, free again" });
  }

  #card(m: Extract<FromChild, { t: "card" }>): void {
    const { reader, atr } = m;
    let uid: CardUid;
    try {
      uid = CardUid.of(hexToBytes(m.uid));
    } catch {
      const why = `The reader told a UID of ${m.uid.length / 2} bytes, which no card has`;
      this.#tell({ kind: "ignored", why, raw: m.uid, reader });
      return;
    }
    const presence = this.#readers.get(reader);
    presence?.leave();
    presence?.came({ uid, atr, ...cardKindOf(atr) });
  }

  #expectReaders(): void {
    this.#clock.clearTimeout(this.#grace);
    this.#grace = this.#clock.setTimeout(() => {
      if (this.#readers.size > 0) return;
      const others = [...this.#skipped].map((name) => `"${name}"`).join(", ");
      const wanted = this.#o.match === undefined ? "PC/SC reader" : `PC/SC reader named "${this.#o.match}"`;
      const why = `No ${wanted} is plugged in${others === "" ? "" : ` (there is ${others})`}`;
      this.#lostOnce("no reader", why, hints.noReader);
    }, READER_GRACE);
  }

  #outage(outage: Outage): void {
    this.#clock.clearTimeout(this.#grace);
    for (const presence of this.#readers.values()) presence.leave();
    this.#readers.clear();
    this.#busy.clear();
    this.#latest = undefined;
    this.#skipped.clear();
    const { what, hint } = outageText[outage.kind];
    this.#escapes.fail(what);
    this.#lostOnce(outage.kind, outage.detail === "" ? what : `${what} (${outage.detail})`, hint);
  }

  /** When nobody takes the events any more, further ones are dropped. */
  #tell(event: ReaderEvent): void {
    if (!this.#queue.full) this.#queue.push(event);
  }

  #lostOnce(reason: string, why: string, hint: string): void {
    if (this.#said.has(reason)) return;
    this.#said.add(reason);
    this.#tell({ kind: "lost", why, hint });
  }
}

/** Definitions write bytes with blanks between them, and in either case. */
function plainSetup({ name, commands }: ReaderSetup): ReaderSetup {
  return { name, commands: commands.map((bytes) => bytes.replace(/\s/g, "").toUpperCase()) };
}

/**
 * A driver for all PC/SC readers of this machine, through nfc-pcsc in a supervised child process. Nothing starts
 * before `events` is called. It never throws for what may come back: a missing package, daemon or reader is one
 * `lost` with the command that helps, and `ready` follows.
 */
export function createPcscReader(o: PcscReaderOptions = {}): PcscReader {
  return new Pcsc(o);
}
