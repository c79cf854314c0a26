/** The closed set of things that can go wrong and that a caller may want to tell apart. */
export type ErrorCode =
  | "usage"
  | "config.invalid"
  | "definition.invalid"
  | "device.unavailable"
  | "device.lost"
  | "driver.missing"
  | "csms.unreachable"
  | "csms.refused"
  | "csms.version"
  | "store.unreadable"
  | "store.futureVersion"
  | "store.locked"
  | "store.writeFailed"
  | "transfer.badMessage"
  | "transfer.notSupported"
  | "transfer.denied"
  | "transfer.failed"
  | "input.invalid"
  | "state.conflict"
  | "internal";

export interface ErrorDetail {
  /** What the person should do now, one sentence or command. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one error class. `message` says what was wrong and where (file:line:col, reader name, key), `hint` what to
 * do about it. Callers ask {@link isAppError} with a code instead of matching text.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = detail.hint;
  }
}

/** Is this an {@link AppError}, and (when codes are given) one of these? */
export function isAppError(e: unknown, ...codes: ErrorCode[]): e is AppError {
  return e instanceof AppError && (codes.length === 0 || codes.includes(e.code));
}

/** The text of anything thrown, without a stack. */
export function errorText(e: unknown): string {
  return e instanceof Error ? e.message : String(e);
}

/** Process exit code: 0 fine · 1 check failed · 2 usage or configuration · 3 device · 4 CSMS. */
export function exitCodeOf(e: unknown): number {
  if (!isAppError(e)) return 1;
  if (e.code.startsWith("csms.")) return 4;
  if (e.code.startsWith("device.") || e.code.startsWith("driver.")) return 3;
  if (e.code === "internal") return 1;
  return 2;
}
