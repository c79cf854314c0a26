/** One point in which two answers differ. */
export interface Difference {
  /** "idTagInfo.status", "chargingSchedule.period[0].limit"; empty: the answer as a whole. */
  readonly path: string;
  /** Undefined: it was not there. */
  readonly recorded: unknown;
  readonly now: unknown;
}

/** Ids that each central system gives as it likes. */
const IDS = /(^|\.)(transactionId|requestId|messageId|remoteStartId)$/;

/** ISO 8601 with time, as OCPP's dateTime. */
export const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * Where two payloads differ, field by field. Ids that the far end chooses and times are the same when both are there:
 * what they are is no difference. `ignore`: paths, `*` stands for any one name or index.
 */
export function differences(recorded: unknown, now: unknown, ignore: readonly string[] = []): Difference[] {
  const found: Difference[] = [];
  compare("", recorded, now, found);
  const ignored = ignore.map(pattern);
  return found.filter(({ path }) => !ignored.some((p) => p.test(path)));
}

function compare(path: string, a: unknown, b: unknown, found: Difference[]): void {
  if (isEqualScalar(path, a, b)) return;
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) {
    found.push({ path, recorded: a, now: b });
    return;
  }
  if (Array.isArray(a) !== Array.isArray(b)) {
    found.push({ path, recorded: a, now: b });
    return;
  }
  const inA = a as Readonly<Record<string, unknown>>;
  const inB = b as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(inA), ...Object.keys(inB)])) {
    const below = Array.isArray(a) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    compare(
      below,
      Object.hasOwn(inA, key) ? inA[key] : undefined,
      Object.hasOwn(inB, key) ? inB[key] : undefined,
      found,
    );
  }
}

function isEqualScalar(path: string, a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a === undefined || b === undefined) return false;
  if (IDS.test(path)) return typeof a === typeof b;
  return typeof a === "string" && typeof b === "string" && DATE_TIME.test(a) && DATE_TIME.test(b);
}

function pattern(path: string): RegExp {
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, (c) => (c === "*" ? "[^.[\\]]+" : `\\${c}`));
  return new RegExp(`^${escaped}($|[.[])`);
}
