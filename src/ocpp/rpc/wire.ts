import { clip, encodeFrame, payloadOf, recordOf } from "./frame.ts";
import type { CallsOptions, Frame, FrameRecord, OcppVersion } from "./types.ts";

/** What the versions of OCPP-J answer differently. */
export interface Rules {
  /**
   * 2.0.1 answers what it cannot read, with "-1" when not even the id can be made out (part 4 §4.2.3), and unknown
   * message types (§4.4). 1.6 has no such id, and ignores unknown types (1.6J §4.1.3).
   */
  readonly answersUnreadable: boolean;
  /**
   * A CALL whose id is that of a CALL still being handled. Both versions list it as a reason for a CALLERROR
   * (§4.2.3), but 1.6J's errata 3.1 (2025-04) allow a retry to keep its id: there a CALLERROR would be taken for the
   * answer to a CALL that is about to succeed, so the one answer serves both. 2.0.1 forbids it also for retries (§4.1.4).
   */
  readonly rejectsDuplicates: boolean;
}

export const RULES: Record<OcppVersion, Rules> = {
  "1.6": { answersUnreadable: false, rejectsDuplicates: false },
  "2.0.1": { answersUnreadable: true, rejectsDuplicates: true },
};

/** Runs a callback of ours; what it throws is reported by the process and does not upset the exchange of frames. */
export function safely(fn: (() => void) | undefined): void {
  try {
    fn?.();
  } catch (e) {
    queueMicrotask(() => {
      throw e;
    });
  }
}

/** Of a text that is no frame the journal keeps no more than this: it is whatever somebody sent. */
const MAX_INVALID_RAW = 16 * 1024;

/** What both halves of Calls share: the socket's sending side and the journal. Holds no record when none is wanted. */
export class Wire {
  readonly o: CallsOptions;
  readonly rules: Rules;
  /** Is there a connection? */
  up = false;

  constructor(o: CallsOptions) {
    this.o = o;
    this.rules = RULES[o.version];
  }

  /** Encodes, sends, records. False when there is no connection that takes it. Throws on what JSON cannot hold. */
  send(frame: Frame, action?: string, problem?: string): boolean {
    return this.sendText(frame, encodeFrame(frame, this.o.version), action, problem);
  }

  /** Sends a frame that was encoded already. */
  sendText(frame: Frame, raw: string, action?: string, problem?: string): boolean {
    if (!this.up || !this.o.send(raw)) return false;
    this.record("out", frame, raw, action, problem);
    return true;
  }

  /** Sends any text, as it stands. */
  inject(raw: string): FrameRecord | undefined {
    if (!this.up || !this.o.send(raw)) return undefined;
    const record: FrameRecord = { ...recordOf("out", raw), injected: true };
    this.o.onFrame?.(record);
    return record;
  }

  record(
    direction: "out" | "in",
    frame: Frame,
    raw: string,
    action?: string,
    problem?: string,
    ms?: number,
    injected?: boolean,
  ): void {
    const { onFrame } = this.o;
    if (onFrame === undefined) return;
    const name = "action" in frame ? frame.action : action;
    onFrame({
      direction,
      messageType: frame.type,
      id: frame.id,
      ...(name === undefined ? {} : { action: name }),
      payload: payloadOf(frame),
      raw,
      ...(injected === true ? { injected } : {}),
      ...(problem === undefined ? {} : { problem }),
      ...(ms === undefined ? {} : { ms }),
    });
  }

  /** A text that came in and is no frame. */
  recordInvalid(raw: string, id: string | undefined, problem: string): void {
    this.o.onFrame?.({
      direction: "in",
      messageType: "INVALID",
      ...(id === undefined ? {} : { id }),
      raw: clip(raw, MAX_INVALID_RAW),
      problem,
    });
  }
}
