import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AppError, type ErrorCode, errorText } from "../util/errors.ts";

/** SQLite's primary result codes that a person can do something about (sqlite.org/rescode.html). */
const ERROR = 1;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const NOTADB = 26;

/** SQLITE_ERROR, TOOBIG, MISMATCH, MISUSE, RANGE: the statement is wrong, not the disk. */
const ourMistakes: ReadonlySet<number> = new Set([ERROR, 18, 20, 21, 25]);

/** What a database file is for; stands in its header, so that one is never taken for the other. */
export type DatabaseKind = "station" | "journal" | "central";

/** Which database: an open one, or one that is being opened. */
export interface DatabasePlace {
  readonly path: string;
  readonly kind: DatabaseKind;
}

interface Trouble {
  readonly code: ErrorCode;
  readonly message: (path: string) => string;
  readonly hint: (place: DatabasePlace) => string;
}

/** What a person gives up with a file. */
const contents: Readonly<Record<DatabaseKind, string>> = {
  station:
    "what it holds goes with it: transactions that were not sent yet, the local list, settings, reservations",
  journal: "what was recorded so far goes with it",
  central: "the users, cards and access modes in it go with it",
};

const moveAside = ({ path, kind }: DatabasePlace) =>
  `Move ${path} (and ${path}-wal, if it is there) aside: a new one is made at the next start, but ${contents[kind]}.`;

const damaged: Trouble = {
  code: "store.unreadable",
  message: (path) => `${path} is damaged or is no tapstation database`,
  hint: moveAside,
};
const inUse: Trouble = {
  code: "store.locked",
  message: (path) => `${path} is in use by another process`,
  hint: () => "Stop the other station, or give this one another data directory.",
};
const unwritable: Trouble = {
  code: "store.writeFailed",
  message: (path) => `${path} cannot be written`,
  hint: ({ path }) => `Make ${path} and its directory writable, or choose another data directory.`,
};
const full: Trouble = {
  code: "store.writeFailed",
  message: (path) => `${path} cannot be written: the disk is full`,
  hint: ({ path }) => `Make room on the disk that holds ${dirname(path)}.`,
};
const failed: Trouble = {
  code: "store.writeFailed",
  message: (path) => `${path} could not be read or written`,
  hint: ({ path }) => `See that the disk that holds ${dirname(path)} is there and has room.`,
};

const conflict: Trouble = {
  code: "state.conflict",
  message: (path) => `This does not go together with what is stored in ${path}`,
  hint: () => "Look at what is there under the same name first.",
};
const mistake: Trouble = {
  code: "internal",
  message: (path) => `A statement on ${path} is wrong`,
  hint: () => "This is a defect of tapstation: please report it.",
};

const troubles: ReadonlyMap<number, Trouble> = new Map([
  [BUSY, inUse],
  [LOCKED, inUse],
  [READONLY, unwritable],
  [CORRUPT, damaged],
  [FULL, full],
  [CONSTRAINT, conflict],
  [NOTADB, damaged],
]);

/** What SQLite threw, as the AppError that a person gets; anything that is not SQLite's stays as it is. */
export function storeError(e: unknown, place: DatabasePlace): unknown {
  const result = resultCode(e);
  if (result === undefined || e instanceof AppError) return e;
  const trouble = troubleOf(result, errorText(e), place.path);
  return new AppError(trouble.code, `${trouble.message(place.path)} (${errorText(e)})`, {
    hint: trouble.hint(place),
    cause: e,
  });
}

function troubleOf(result: number, text: string, path: string): Trouble {
  if (result === CANTOPEN) return whyNotOpened(path);
  // The header says that the tables were made: a page of the schema is lost or overwritten.
  if (result === ERROR && /^no such (table|column|index)\b/.test(text)) return damaged;
  return troubles.get(result) ?? (ourMistakes.has(result) ? mistake : failed);
}

/** The error for content that SQLite reads well and that does not make sense. */
export function damagedContent(place: DatabasePlace, what: string, cause?: unknown): AppError {
  return new AppError("store.unreadable", `${place.path} is damaged: ${what}`, {
    hint: moveAside(place),
    cause,
  });
}

/** Was it another connection's lock that stood in the way? */
export function isBusy(e: unknown): boolean {
  const result = resultCode(e);
  return result === BUSY || result === LOCKED;
}

function resultCode(e: unknown): number | undefined {
  if (!(e instanceof Error) || !("errcode" in e) || typeof e.errcode !== "number") return undefined;
  return e.errcode & 0xff;
}

/** SQLite says no more than "unable to open": the file system knows why. */
function whyNotOpened(path: string): Trouble {
  if (existsSync(path) && statSync(path).isDirectory()) {
    return {
      code: "store.unreadable",
      message: () => `${path} is a directory, a database file is needed`,
      hint: () => "Name a file, or a data directory that has no such directory in it.",
    };
  }
  if (existsSync(path) && !mayAccess(path, constants.R_OK)) {
    return {
      code: "store.unreadable",
      message: () => `${path} cannot be read`,
      hint: () => `Give the user who runs tapstation the right to read and write ${path}.`,
    };
  }
  return unwritable;
}

function mayAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
