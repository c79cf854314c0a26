/**
 * pcscd's client protocol 4.4 (pcsc-lite 1.9.9, winscard_msg.h: little endian, native alignment) on a Unix socket,
 * so that the real libpcsclite and nfc-pcsc run against scripted readers, without root and without a daemon.
 * nfc-pcsc calls the daemon synchronously, so it must live in another process than this: in the driver it does.
 */
import { rmSync } from "node:fs";
import net from "node:net";

import {
  type Client,
  cardError,
  connectError,
  DIRECT,
  type Handle,
  release,
  reply,
  rv,
  type ScriptedCard,
  type ScriptedReader,
  sendWait,
} from "./virtual-pcscd-wire.ts";

export type { ScriptedCard, ScriptedReader };

const NAME = 128;
const STATE = 184;
const MAX_READERS = 16;
const PROTOCOL_T1 = 2;

/** SCARD_CTL_CODE(1): libccid's escape. */
const ESCAPE = 0x42000001;

/** A command's body, the data behind it, and who sent it; answers by writing to the client. */
type Command = (c: Client, b: Buffer, tail: Buffer) => void;

export class VirtualPcscd {
  readonly socket: string;
  /** As polkit does for a user without a desktop session. */
  refusing = false;
  #readers: ScriptedReader[] = [];
  readonly #clients = new Set<Client>();
  readonly #waiting = new Set<Client>();
  #server: net.Server | undefined;
  #next = 0x10000;

  constructor(socket: string) {
    this.socket = socket;
  }

  get clients(): number {
    return this.#clients.size;
  }

  async start(): Promise<void> {
    rmSync(this.socket, { force: true });
    const server = net.createServer((s) => this.#serve(s));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.socket, resolve));
  }

  /** As a daemon that is stopped: all connections break, the readers stay plugged in. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const c of this.#clients) c.socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(this.socket, { force: true });
  }

  plug(name: string, onEscape?: (bytes: Buffer) => Buffer): ScriptedReader {
    const blank = { card: undefined, count: 0, sharing: 0, broken: false };
    const reader: ScriptedReader = { name, escapes: [], apdus: [], onEscape, ...blank };
    this.#readers.push(reader);
    this.#signal();
    return reader;
  }

  unplug(reader: ScriptedReader): void {
    this.#readers = this.#readers.filter((r) => r !== reader);
    this.#signal();
  }

  insert(reader: ScriptedReader, card: ScriptedCard): void {
    reader.card = card;
    reader.count++;
    this.#signal();
  }

  remove(reader: ScriptedReader): void {
    reader.card = undefined;
    reader.count++;
    this.#signal();
  }

  /** Away and back between two looks of the client. */
  swap(reader: ScriptedReader, card: ScriptedCard): void {
    reader.card = card;
    reader.count += 2;
    this.#signal();
  }

  /** The reader stays plugged in and does not answer, or answers again. */
  setBroken(reader: ScriptedReader, broken: boolean): void {
    reader.broken = broken;
    this.#signal();
  }

  /** Another program takes the reader for itself, or lets go of it. */
  setExclusive(reader: ScriptedReader, exclusive: boolean): void {
    reader.sharing = exclusive ? -1 : 0;
    this.#signal();
  }

  #signal(): void {
    for (const c of this.#waiting) sendWait(c, rv.ok);
    this.#waiting.clear();
  }

  #states(): Buffer {
    const out = Buffer.alloc(STATE * MAX_READERS);
    for (const [i, r] of this.#readers.entries()) {
      const at = i * STATE;
      out.write(r.name, at, NAME - 1, "latin1");
      out.writeUInt32LE(r.count, at + 128);
      out.writeUInt32LE(r.broken ? 0x01 : r.card === undefined ? 0x02 : 0x34, at + 132);
      out.writeInt32LE(r.sharing, at + 136);
      if (r.card === undefined || r.broken) continue;
      r.card.atr.copy(out, at + 140);
      out.writeUInt32LE(r.card.atr.length, at + 176);
      out.writeUInt32LE(PROTOCOL_T1, at + 180);
    }
    return out;
  }

  #serve(socket: net.Socket): void {
    const client: Client = { socket, handles: new Map(), contexts: new Set() };
    this.#clients.add(client);
    let buffer = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const h of client.handles.values()) release(h);
      this.#clients.delete(client);
      this.#waiting.delete(client);
    });
    socket.on("data", (data) => {
      buffer = Buffer.concat([buffer, data]);
      for (let used = this.#take(client, buffer); used > 0; used = this.#take(client, buffer)) {
        buffer = buffer.subarray(used);
      }
    });
  }

  /** Runs the first whole command in `buffer`; the number of bytes that it took, 0 when it is not whole yet. */
  #take(client: Client, buffer: Buffer): number {
    if (buffer.length < 8) return 0;
    const size = 8 + buffer.readUInt32LE(0);
    const code = buffer.readUInt32LE(4);
    if (buffer.length < size) return 0;
    const body = Buffer.from(buffer.subarray(8, size));
    const extra = code === 0x09 ? body.readUInt32LE(12) : code === 0x0a ? body.readUInt32LE(8) : 0;
    if (buffer.length < size + extra) return 0;
    const command = this.#commands[code];
    if (command === undefined) client.socket.destroy();
    else command(client, body, Buffer.from(buffer.subarray(size, size + extra)));
    return size + extra;
  }

  #handle(c: Client, b: Buffer): { h: Handle | undefined; error: number } {
    const h = c.handles.get(b.readInt32LE(0));
    if (h === undefined) return { h, error: rv.invalidHandle };
    return { h, error: this.#readers.includes(h.reader) ? rv.ok : rv.readerUnavailable };
  }

  readonly #commands: Readonly<Record<number, Command>> = {
    1: (c, b) => {
      const context = this.#next++;
      c.contexts.add(context);
      b.writeUInt32LE(context, 4);
      reply(c, b, 8, this.refusing ? rv.denied : rv.ok);
    },
    2: (c, b) => reply(c, b, 4, rv.ok),
    4: (c, b) => this.#connect(c, b),
    5: (c, b) => {
      const { h, error } = this.#handle(c, b);
      if (h !== undefined) h.count = h.reader.count;
      b.writeUInt32LE(PROTOCOL_T1, 16);
      reply(c, b, 20, error || (h?.reader.card === undefined ? rv.noCard : rv.ok));
    },
    6: (c, b) => {
      const { h } = this.#handle(c, b);
      if (h !== undefined) release(h);
      c.handles.delete(b.readInt32LE(0));
      reply(c, b, 8, h === undefined ? rv.invalidHandle : rv.ok);
    },
    7: (c, b) => reply(c, b, 4, this.#handle(c, b).error),
    8: (c, b) => reply(c, b, 8, this.#handle(c, b).error),
    9: (c, b, apdu) => this.#transmit(c, b, apdu),
    10: (c, b, bytes) => this.#control(c, b, bytes),
    11: (c, b) => {
      const { h, error } = this.#handle(c, b);
      reply(c, b, 4, error || (h?.share === DIRECT ? rv.ok : cardError(h)));
    },
    13: (c, b) => {
      const context = b.readUInt32LE(0);
      const owner = [...this.#clients].find((other) => other.contexts.has(context));
      if (owner !== undefined && this.#waiting.delete(owner)) sendWait(owner, rv.cancelled);
      reply(c, b, 4, owner === undefined ? rv.invalidHandle : rv.ok);
    },
    15: (c, b) => reply(c, b, b.length - 4, rv.unsupported),
    17: (c, b) => {
      b.writeInt32LE(4, 0);
      b.writeInt32LE(4, 4);
      reply(c, b, 8, rv.ok);
    },
    18: (c) => c.socket.write(this.#states()),
    19: (c) => {
      this.#waiting.add(c);
      c.socket.write(this.#states());
    },
    20: (c) => {
      if (this.#waiting.delete(c)) sendWait(c, rv.ok);
    },
  };

  #connect(c: Client, b: Buffer): void {
    const name = b.toString("latin1", 4, 132).replace(/\0.*/s, "");
    const share = b.readUInt32LE(132);
    const reader = this.#readers.find((r) => r.name === name);
    const error = connectError(reader, share);
    if (reader !== undefined && error === rv.ok) {
      const id = this.#next++;
      c.handles.set(id, { reader, count: reader.count, share });
      reader.sharing++;
      b.writeInt32LE(id, 140);
      b.writeUInt32LE(share === DIRECT ? 0 : PROTOCOL_T1, 144);
    }
    reply(c, b, 148, error);
  }

  #transmit(c: Client, b: Buffer, apdu: Buffer): void {
    const { h, error } = this.#handle(c, b);
    let result = error || cardError(h);
    let out: Buffer = Buffer.alloc(0);
    if (result === rv.ok && h !== undefined) {
      h.reader.apdus.push(apdu.toString("hex").toUpperCase());
      const answer = h.reader.card?.answer(apdu);
      result = cardError(h) || (answer === undefined ? rv.notTransacted : rv.ok);
      if (result === rv.ok && answer !== undefined) out = answer;
      if (out.length > b.readUInt32LE(24)) result = rv.tooSmall;
    }
    b.writeUInt32LE(out.length, 24);
    reply(c, b, 28, result);
    if (result === rv.ok) c.socket.write(out);
  }

  #control(c: Client, b: Buffer, bytes: Buffer): void {
    const { h, error } = this.#handle(c, b);
    let out: Buffer = Buffer.alloc(0);
    let result = error || (b.readUInt32LE(4) === ESCAPE ? rv.ok : rv.unsupported);
    if (result === rv.ok && h !== undefined) {
      const onEscape = h.reader.broken ? undefined : h.reader.onEscape;
      if (onEscape === undefined) result = rv.notTransacted;
      else {
        h.reader.escapes.push(bytes.toString("hex").toUpperCase());
        out = onEscape(bytes);
      }
    }
    b.writeUInt32LE(out.length, 16);
    reply(c, b, 20, result);
    if (result === rv.ok) c.socket.write(out);
  }
}
