import type net from "node:net";

/** What pcscd answers (pcsclite.h), and who holds what. */
export const rv = {
  ok: 0,
  invalidHandle: 0x80100003,
  cancelled: 0x80100002,
  tooSmall: 0x80100008,
  unknownReader: 0x80100009,
  sharing: 0x8010000b,
  noCard: 0x8010000c,
  notTransacted: 0x80100016,
  readerUnavailable: 0x80100017,
  unsupported: 0x8010001f,
  unpowered: 0x80100067,
  removed: 0x80100069,
  denied: 0x8010006a,
} as const;

export interface ScriptedCard {
  readonly atr: Buffer;
  /** Undefined: the card was yanked while it was asked. */
  answer(apdu: Buffer): Buffer | undefined;
}

export interface ScriptedReader {
  readonly name: string;
  /** Escapes that arrived, hex. */
  readonly escapes: string[];
  /** APDUs that arrived at the card or at the reader beside it, hex. */
  readonly apdus: string[];
  card: ScriptedCard | undefined;
  count: number;
  sharing: number;
  broken: boolean;
  /** Undefined: refused, as libccid does without permission. */
  onEscape: ((bytes: Buffer) => Buffer) | undefined;
}

export interface Handle {
  readonly reader: ScriptedReader;
  count: number;
  readonly share: number;
}

export interface Client {
  readonly socket: net.Socket;
  readonly handles: Map<number, Handle>;
  readonly contexts: Set<number>;
}

/** SCARD_SHARE_DIRECT: a connection to the reader, with or without a card. */
export const DIRECT = 3;

export function reply(c: Client, b: Buffer, at: number, code: number): void {
  b.writeUInt32LE(code >>> 0, at);
  c.socket.write(b);
}

export function sendWait(c: Client, code: number): void {
  reply(c, Buffer.alloc(8), 4, code);
}

export function release(h: Handle): void {
  h.reader.sharing = Math.max(h.reader.sharing - 1, Math.min(h.reader.sharing, 0));
}

export function connectError(reader: ScriptedReader | undefined, share: number): number {
  if (reader === undefined) return rv.unknownReader;
  if (reader.sharing < 0) return rv.sharing;
  if (share !== DIRECT && reader.card === undefined) return rv.noCard;
  return reader.broken ? rv.unpowered : rv.ok;
}

export function cardError(h: Handle | undefined): number {
  if (h === undefined) return rv.invalidHandle;
  if (h.reader.broken) return rv.notTransacted;
  return h.reader.card === undefined || h.count !== h.reader.count ? rv.removed : rv.ok;
}
