import { stationActions } from "../ocpp/directions.ts";
import type { RecordedFrame, Recording, Side } from "./recording.ts";

/** What a CALL was answered with. */
export type RecordedAnswer =
  | { readonly kind: "result"; readonly payload: unknown }
  | { readonly kind: "error"; readonly code: string };

/** A CALL of the log with its answer; undefined: none was recorded. */
export interface RecordedExchange {
  readonly from: Side;
  readonly action: string;
  readonly payload: unknown;
  readonly answer: RecordedAnswer | undefined;
  readonly at: number | undefined;
  readonly line: number;
}

/** Pairs CALLs with what answered them, in the order of the CALLs. An answer belongs to the last CALL of its id. */
export function exchangesOf({ frames }: Pick<Recording, "frames">): RecordedExchange[] {
  const exchanges: { exchange: RecordedExchange; id: string }[] = [];
  const open = new Map<string, number>();
  for (const frame of frames) {
    if (frame.type === 2) {
      const from = frame.from ?? (stationActions.has(frame.action ?? "") ? "station" : "csms");
      open.set(`${from}/${frame.id}`, exchanges.length);
      exchanges.push({ id: frame.id, exchange: callOf(frame, from) });
      continue;
    }
    // An answer goes the other way than its CALL; a log that does not tell directions leaves one of two.
    const callers: readonly Side[] =
      frame.from === undefined ? ["station", "csms"] : [frame.from === "station" ? "csms" : "station"];
    for (const caller of callers) {
      const key = `${caller}/${frame.id}`;
      const at = open.get(key);
      const found = at === undefined ? undefined : exchanges[at];
      if (found === undefined) continue;
      open.delete(key);
      found.exchange = { ...found.exchange, answer: answerOf(frame) };
      break;
    }
  }
  return exchanges.map(({ exchange }) => exchange);
}

function callOf(frame: RecordedFrame, from: Side): RecordedExchange {
  const { action = "", payload, at, line } = frame;
  return { from, action, payload, answer: undefined, at, line };
}

function answerOf({ type, code = "", payload }: RecordedFrame): RecordedAnswer {
  return type === 3 ? { kind: "result", payload } : { kind: "error", code };
}
