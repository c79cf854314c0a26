import type { MessageType } from "../../station/facts.ts";
import { isRecord } from "../../util/record.ts";
import type { Frame, FrameRecord, OcppVersion, ParsedFrame, RpcErrorCode } from "./types.ts";

/**
 * The largest frame that is read, in bytes of UTF-8; the WebSocket is closed (1009) above it. A Local
 * Authorization List entry takes about 150 bytes in 1.6 and 250 in 2.0.1, so that 15,000 entries fit in one message.
 */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** How deep arrays and objects may nest. OCPP's own messages stay below 12; customData and DataTransfer are free. */
export const MAX_NESTING = 64;

/** Message ids are string[36] (1.6J and 2.0.1 part 4, §4.1.4). */
export const MAX_ID_LENGTH = 36;

/** The id of a CALLERROR about a message whose own id could not be read (2.0.1 part 4 §4.2.3). */
export const UNREADABLE_ID = "-1";

/** errorDescription is string[255] (2.0.1 part 4 §4.2.3). */
const MAX_DESCRIPTION = 255;

/** An id that is too long is still echoed, because its sender can match nothing else; but not without end. */
const MAX_ECHOED_ID = 255;

const TYPE_NUMBERS = {
  CALL: 2,
  CALLRESULT: 3,
  CALLERROR: 4,
  CALLRESULTERROR: 5,
  SEND: 6,
} as const satisfies Record<MessageType, number>;

type Reader = (list: readonly unknown[]) => ParsedFrame;

/** How a frame is read, by its message type number. 5 and 6 are 2.1's; whether they are welcome, Calls decides. */
const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  [2, (list) => readRequest("CALL", list)],
  [3, readResult],
  [4, (list) => readError("CALLERROR", list)],
  [5, (list) => readError("CALLRESULTERROR", list)],
  [6, (list) => readRequest("SEND", list)],
]);

/**
 * Reads a text as an OCPP-J frame. Total: any text gives a frame or says what is wrong; details never quote the
 * text, which may hold secrets. A payload of `null` reads as `{}` (1.6J §4.2.1, 2.0.1 part 4 §4.1.5). On failure
 * `isCall` is true unless the message shows itself to be something else than a CALL.
 */
export function parseFrame(data: string): ParsedFrame {
  if (isTooLarge(data)) return unreadable(data, `larger than ${MAX_FRAME_BYTES} bytes`);
  if (!nestsWithin(data, MAX_NESTING)) return unreadable(data, `nested deeper than ${MAX_NESTING} levels`);
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (e) {
    return unreadable(data, `not valid JSON${positionIn(e)}`);
  }
  if (!Array.isArray(value)) return failure("RpcFrameworkError", "not a JSON array", undefined, true);
  const list: readonly unknown[] = value;
  if (list.length === 0) return failure("RpcFrameworkError", "an empty array", undefined, true);
  const read = READERS.get(list[0]);
  if (read === undefined) {
    const type = typeof list[0] === "number" ? `${list[0]} is unknown` : "is not a number";
    return failure("MessageTypeNotSupported", `the message type ${type}`, idOf(list[1]), false);
  }
  if (MAY_HOLD_PROTO.test(data) && holdsProto(list)) {
    return failure("FormatViolation", "a property is called __proto__", idOf(list[1]), list[0] === 2);
  }
  return read(list);
}

/** The text of a frame, with error codes spelled as the version spells them. Throws on what JSON cannot hold. */
export function encodeFrame(frame: Frame, version: OcppVersion): string {
  const type = TYPE_NUMBERS[frame.type];
  if ("action" in frame) return JSON.stringify([type, frame.id, frame.action, frame.payload ?? {}]);
  if (!("code" in frame)) return JSON.stringify([type, frame.id, frame.payload ?? {}]);
  const code = ERROR_SPELLING[version].get(frame.code) ?? frame.code;
  return JSON.stringify([
    type,
    frame.id,
    code,
    clip(frame.description, MAX_DESCRIPTION),
    frame.details ?? {},
  ]);
}

/**
 * Where a version spells a code its own way. 1.6 has FormationViolation and (in its JSON document) "Occurence" with
 * one r; it lacks the codes about the framing itself, for which the nearest of its own stand in.
 */
const ERROR_SPELLING: Record<OcppVersion, ReadonlyMap<string, string>> = {
  "1.6": new Map<RpcErrorCode, string>([
    ["FormatViolation", "FormationViolation"],
    ["OccurrenceConstraintViolation", "OccurenceConstraintViolation"],
    ["RpcFrameworkError", "FormationViolation"],
    ["MessageTypeNotSupported", "NotSupported"],
  ]),
  "2.0.1": new Map([
    ["FormationViolation", "FormatViolation"],
    ["OccurenceConstraintViolation", "OccurrenceConstraintViolation"],
  ]),
};

/** A record of any text, as far as it can be read as a frame. For frames that {@link Calls} did not make or see. */
export function recordOf(direction: "out" | "in", raw: string): FrameRecord {
  const parsed = parseFrame(raw);
  if (!parsed.ok) return { direction, messageType: "INVALID", raw, problem: parsed.detail };
  const { frame } = parsed;
  const base = { direction, messageType: frame.type, id: frame.id, payload: payloadOf(frame), raw };
  return "action" in frame ? { ...base, action: frame.action } : base;
}

/** What a record shows as payload; for errors the three fields by their OCPP-J names. */
export function payloadOf(frame: Frame): unknown {
  if (!("code" in frame)) return frame.payload;
  return { errorCode: frame.code, errorDescription: frame.description, errorDetails: frame.details };
}

/**
 * A text that stands for a binary message. OCPP-J is text only (RFC 6455 opcode 1), so this is never a frame: it
 * is recorded, and answered like any text that cannot be read.
 */
export function binaryText(data: Uint8Array): string {
  const head = Array.from(data.subarray(0, 32), (b) => b.toString(16).padStart(2, "0")).join("");
  return `<binary message of ${data.length} bytes: ${head}${data.length > 32 ? "…" : ""}>`;
}

/** At most `max` UTF-16 units of a text, never half a character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
  return `${beginning(text, end)}…`;
}

/** The first `length` UTF-16 units as a text of its own: a slice would keep the whole text in memory. */
export function beginning(text: string, length: number): string {
  return Buffer.from(text.slice(0, length), "utf16le").toString("utf16le");
}

/** Does no bracket of this text stand deeper than `limit`? Looks at strings only when the text has many brackets. */
export function nestsWithin(text: string, limit: number): boolean {
  let opened = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at >= 0 && opened <= limit; at = text.indexOf(bracket, at + 1))
      opened++;
  }
  return opened <= limit || deepest(text, limit) <= limit;
}

function deepest(text: string, limit: number): number {
  let depth = 0;
  let max = 0;
  let inString = false;
  for (let i = 0; i < text.length && max <= limit; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x5b || c === 0x7b) max = Math.max(max, ++depth);
    else if (c === 0x5d || c === 0x7d) depth--;
  }
  return max;
}

function isTooLarge(data: string): boolean {
  if (data.length > MAX_FRAME_BYTES) return true;
  return data.length * 3 > MAX_FRAME_BYTES && Buffer.byteLength(data) > MAX_FRAME_BYTES;
}

function readRequest(type: "CALL" | "SEND", list: readonly unknown[]): ParsedFrame {
  const [, id, action, payload] = list;
  const isCall = type === "CALL";
  const wrong =
    idProblem(id) ??
    (list.length !== 4 ? `a ${type} has 4 elements, not ${list.length}` : undefined) ??
    (typeof action !== "string" || action === "" ? "the action is not a name" : undefined);
  if (wrong !== undefined) return failure("RpcFrameworkError", wrong, idOf(id), isCall);
  const object = payload ?? {};
  if (!isRecord(object)) return failure("FormatViolation", "the payload is not an object", idOf(id), isCall);
  return { ok: true, frame: { type, id: id as string, action: action as string, payload: object } };
}

function readResult(list: readonly unknown[]): ParsedFrame {
  const [, id, payload] = list;
  const object = payload ?? {};
  const wrong =
    idProblem(id) ??
    (list.length !== 3 ? `a CALLRESULT has 3 elements, not ${list.length}` : undefined) ??
    (isRecord(object) ? undefined : "the payload is not an object");
  if (wrong !== undefined) return failure("RpcFrameworkError", wrong, idOf(id), false);
  return { ok: true, frame: { type: "CALLRESULT", id: id as string, payload: object } };
}

/** Missing descriptions and details are forgiven: refusing an error would only turn it into a timeout. */
function readError(type: "CALLERROR" | "CALLRESULTERROR", list: readonly unknown[]): ParsedFrame {
  const [, id, code, description, details] = list;
  const wrong =
    idProblem(id) ??
    (list.length > 5 ? `a ${type} has 5 elements, not ${list.length}` : undefined) ??
    (typeof code !== "string" ? "the error code is not a text" : undefined);
  if (wrong !== undefined) return failure("RpcFrameworkError", wrong, idOf(id), false);
  const text = typeof description === "string" ? description : "";
  return {
    ok: true,
    frame: { type, id: id as string, code: code as string, description: text, details: details ?? {} },
  };
}

/** What is wrong with a message id, ours or the far end's. */
export function idProblem(id: unknown): string | undefined {
  if (typeof id !== "string") return "the message id is not a text";
  if (id === "") return "the message id is empty";
  if (id.length > MAX_ID_LENGTH)
    return `the message id has ${id.length} characters, ${MAX_ID_LENGTH} are allowed`;
  return undefined;
}

/** The id to answer with, if there is one that the sender could recognize. */
function idOf(id: unknown): string | undefined {
  return typeof id === "string" && id !== "" && id.length <= MAX_ECHOED_ID ? id : undefined;
}

const HEAD = /^\s*\[\s*(\d{1,9})\s*,\s*(?:"([^"\\]{1,36})")?/;

/** Of a text that is not JSON the head can often still be made out, and then it can be answered by its id. */
function unreadable(data: string, detail: string): ParsedFrame {
  const head = HEAD.exec(data.slice(0, 256));
  const isCall = head === null || head[1] === "2";
  return failure("RpcFrameworkError", detail, head?.[2], isCall);
}

function failure(code: RpcErrorCode, detail: string, id: string | undefined, isCall: boolean): ParsedFrame {
  return id === undefined ? { ok: false, code, detail, isCall } : { ok: false, code, detail, id, isCall };
}

function positionIn(e: unknown): string {
  const found = e instanceof Error ? /at position (\d+)/.exec(e.message) : null;
  return found === null ? "" : ` (at character ${found[1]})`;
}

/** `__proto__` in the text, also when letters of it are written as escapes. */
const MAY_HOLD_PROTO = /__proto__|\\u00(?:5f|6f|7[024])/i;

/** JSON.parse makes `__proto__` a plain property, but a later Object.assign would set the prototype with it. */
function holdsProto(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Object.hasOwn(value, "__proto__")) return true;
  return Object.values(value).some(holdsProto);
}
