import type { JournalEntry } from "../../src/journal/types.ts";
import type { PageStep, ScenarioPart } from "../../src/report/page-data.ts";
import type { FactBody } from "../../src/station/facts.ts";

let seq = 0;
/** A fact, `at` ms after the epoch. */
export const fact = (body: FactBody, at = 0, source: "station" | "central" = "station"): JournalEntry => ({
  ...body,
  time: new Date(at).toISOString(),
  station: "CP001",
  source,
  seq: ++seq,
});
/** A frame of the station or of the central system. */
export const frame = (
  direction: "out" | "in",
  messageType: "CALL" | "CALLRESULT" | "CALLERROR",
  action: string,
  messageId: string,
  source: "station" | "central" = "station",
): JournalEntry => fact({ kind: "frame", direction, messageType, action, messageId, raw: "[]" }, 0, source);

/** What a scenario's page is given. */
export const partOf = (facts: readonly JournalEntry[], steps: readonly PageStep[] = []): ScenarioPart => ({
  source: "",
  steps,
  facts,
  order: facts.map((_, i) => i),
  failures: [],
  tries: [],
});

/** A step that passed. */
export const step = (path: string, line: number, more: Partial<PageStep> = {}): PageStep => ({
  path,
  kind: "tap",
  title: "tap",
  file: "a.yaml",
  line,
  endLine: line,
  began: 0,
  beganAt: new Date(0).toISOString(),
  outcome: "passed",
  ...more,
});
