import { randomUUID } from "node:crypto";
import { systemClock } from "../util/clock.ts";
import { AppError } from "../util/errors.ts";
import { Book } from "./book.ts";
import { CentralSystem } from "./central.ts";
import { Sql } from "./sql.ts";
import type { Central, CentralOptions } from "./types.ts";

export type { AccessMode } from "./access.ts";
export { ACCESS_MODES, parseAccessMode, supportsWhitelisting } from "./access.ts";
export type { AnswerBehaviour, ReceivedRequest, StandardAnswer } from "./answers.ts";
export type { Book } from "./book.ts";
export type { OfOrganization } from "./pick.ts";
export type { Received, WaitOptions } from "./received.ts";
export type * from "./records.ts";
export { DEMO } from "./schema.ts";
export type { Central, CentralFiles, CentralOptions, ConnectedStation, SendOptions } from "./types.ts";

/**
 * Starts a central system.
 * @throws AppError `input.invalid` for options that cannot be, `config.invalid` for a port that cannot be had,
 * `store.*` for a database file that cannot be used
 */
export async function createCentral(options: CentralOptions = {}): Promise<Central> {
  const { port = 0, heartbeatInterval = 300, timeoutMs = 30_000 } = options;
  checkWhole("port", port, 0, 65_535);
  checkWhole("heartbeatInterval", heartbeatInterval, 1, 86_400);
  checkWhole("timeoutMs", timeoutMs, 1, 2 ** 31 - 1);
  const fileDesk = options.files === undefined ? undefined : await fileDeskAt(options.files);
  const sql = new Sql(options.data ?? ":memory:");
  const central = new CentralSystem(sql, {
    ...options,
    ...(fileDesk === undefined ? {} : { fileDesk }),
    port,
    heartbeatInterval,
    timeoutMs,
    ids: options.ids ?? { next: randomUUID },
  });
  try {
    await central.listen();
  } catch (e) {
    sql.close();
    throw e;
  }
  return central;
}

/**
 * Opens the records alone, for example from a second terminal while the central system runs on the same file.
 * @throws AppError `store.*` when the file cannot be used
 */
export function openBook(path: string): Book {
  return new Book(new Sql(path), systemClock);
}

/** The web framework is loaded only when it is needed. */
async function fileDeskAt(dir: string) {
  const { FileDesk } = await import("./files.ts");
  return new FileDesk(dir);
}

function checkWhole(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new AppError("input.invalid", `${what} of the central system is ${value}`, {
    hint: `Give a whole number from ${min} to ${max}.`,
  });
}
