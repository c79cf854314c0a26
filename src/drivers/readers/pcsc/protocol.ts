/**
 * What the driver and its child process (the one that loads nfc-pcsc) say to each other over the IPC channel.
 * Bytes travel as hex, upper case. Both ends check what arrives: anything else is dropped.
 */

/** Commands (hex) for the readers whose name contains `name`, without regard to case. */
export interface ReaderSetup {
  readonly name: string;
  readonly commands: readonly string[];
}

export type ToChild =
  /** The first message: load nfc-pcsc and report readers whose name contains `match`. */
  | { readonly t: "start"; readonly match?: string; readonly setup: readonly ReaderSetup[] }
  /** Hand `bytes` to the reader itself; answered by `answer` or `failed` with the same id. */
  | { readonly t: "escape"; readonly id: number; readonly bytes: string; readonly reader?: string };

export type FromChild =
  /** nfc-pcsc cannot be loaded: not installed, or not built. */
  | { readonly t: "missing"; readonly why: string }
  | { readonly t: "loaded" }
  /** The daemon took the connection. */
  | { readonly t: "up" }
  /** The daemon's first list of readers was reported; each of so many is told by `reader` or `skipped`. */
  | { readonly t: "listed"; readonly count: number }
  | { readonly t: "alive" }
  | { readonly t: "reader"; readonly reader: string }
  /** A reader that is not to be used: a SAM slot, or not the one asked for. */
  | { readonly t: "skipped"; readonly reader: string }
  | { readonly t: "gone"; readonly reader: string; readonly why: string }
  /** Another program holds the reader for itself, until `free`. */
  | { readonly t: "busy"; readonly reader: string }
  | { readonly t: "free"; readonly reader: string }
  | { readonly t: "card"; readonly reader: string; readonly uid: string; readonly atr: string }
  | { readonly t: "off"; readonly reader: string }
  | { readonly t: "ignored"; readonly reader: string; readonly why: string; readonly raw?: string }
  /** The daemon broke the connection; the child ends after this. */
  | { readonly t: "down"; readonly why: string }
  | { readonly t: "answer"; readonly id: number; readonly bytes: string }
  /** `refused`: the reader or its driver does not take escape commands (now). */
  | { readonly t: "failed"; readonly id: number; readonly why: string; readonly refused: boolean };

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const text: Check = (v) => typeof v === "string" && v.length <= 1000;
const hex: Check = (v) => typeof v === "string" && v.length <= 2048 && /^([0-9A-F]{2})*$/.test(v);
const id: Check = (v) => Number.isSafeInteger(v);
const flag: Check = (v) => typeof v === "boolean";
const optional =
  (check: Check): Check =>
  (v) =>
    v === undefined || check(v);

function isSetup(v: unknown): boolean {
  if (typeof v !== "object" || v === null) return false;
  const { name, commands } = v as Partial<Record<keyof ReaderSetup, unknown>>;
  return text(name) && Array.isArray(commands) && commands.every(hex);
}

const toChild: Readonly<Record<ToChild["t"], Shape>> = {
  start: { match: optional(text), setup: (v) => Array.isArray(v) && v.every(isSetup) },
  escape: { id, bytes: hex, reader: optional(text) },
};

const fromChild: Readonly<Record<FromChild["t"], Shape>> = {
  missing: { why: text },
  loaded: {},
  up: {},
  listed: { count: id },
  alive: {},
  reader: { reader: text },
  skipped: { reader: text },
  gone: { reader: text, why: text },
  busy: { reader: text },
  free: { reader: text },
  card: { reader: text, uid: hex, atr: hex },
  off: { reader: text },
  ignored: { reader: text, why: text, raw: optional(hex) },
  down: { why: text },
  answer: { id, bytes: hex },
  failed: { id, why: text, refused: flag },
};

function fits(shapes: Readonly<Record<string, Shape>>, message: unknown): boolean {
  if (typeof message !== "object" || message === null) return false;
  const fields = message as Record<string, unknown>;
  if (typeof fields.t !== "string" || !Object.hasOwn(shapes, fields.t)) return false;
  return Object.entries(shapes[fields.t] ?? {}).every(([name, check]) => check(fields[name]));
}

/** The message to the child, or undefined for anything else. */
export function parseToChild(message: unknown): ToChild | undefined {
  return fits(toChild, message) ? (message as ToChild) : undefined;
}

/** The message from the child, or undefined for anything else. */
export function parseFromChild(message: unknown): FromChild | undefined {
  return fits(fromChild, message) ? (message as FromChild) : undefined;
}

export function bytesToHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}

export function hexToBytes(hexText: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hexText, "hex"));
}
