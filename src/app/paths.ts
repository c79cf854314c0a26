import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import path from "node:path";
import { makeDirectory } from "../store/directory.ts";
import { AppError, errorText } from "../util/errors.ts";

/** The machine's surroundings, handed in so that they can be tested. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/**
 * Where a station keeps its data when nobody says otherwise: `$XDG_STATE_HOME/tapstation` or
 * `~/.local/state/tapstation`; on macOS `~/Library/Application Support/tapstation`, on Windows
 * `%LOCALAPPDATA%\tapstation`. A relative XDG_STATE_HOME does not count (XDG base directory specification).
 */
export function defaultDataDir(at: Surroundings): string {
  const { env, platform, home } = at;
  if (platform === "darwin") return path.posix.join(home, "Library", "Application Support", "tapstation");
  if (platform === "win32") {
    return path.win32.join(env.LOCALAPPDATA ?? path.win32.join(home, "AppData", "Local"), "tapstation");
  }
  const state = env.XDG_STATE_HOME;
  const base = state?.startsWith("/") ? state : path.posix.join(home, ".local", "state");
  return path.posix.join(base, "tapstation");
}

/** The files of a data directory. */
export interface DataFiles {
  readonly dir: string;
  /** The built-in central system's book. */
  readonly central: string;
  /** The root certificate of the built-in central system, for other stations. */
  readonly centralRoot: string;
  readonly journal: string;
  /** Definitions of the user's own: readers/, buzzers/, indicators/, stations/. */
  readonly devices: string;
  /** The durable state of one station. */
  station(id: string): string;
  /** The directory of one station's firmware image and logs on their way; made when it is needed. */
  transfers(id: string): string;
}

export function dataFiles(dir: string): DataFiles {
  return {
    dir,
    central: path.join(dir, "central.db"),
    centralRoot: path.join(dir, "central-root.pem"),
    journal: path.join(dir, "journal.db"),
    devices: path.join(dir, "devices"),
    station: (id) => path.join(dir, "stations", `${safeName(id)}.db`),
    transfers: (id) => path.join(dir, "stations", `${safeName(id)}-files`),
  };
}

/**
 * Is there such a file? What cannot be looked at is not taken for missing.
 * @throws AppError `store.unreadable`
 */
export function isThere(file: string): boolean {
  try {
    statSync(file);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw new AppError("store.unreadable", `${file} cannot be read: ${errorText(cause)}`, {
      hint: "Is it another user's? Name another directory with --data, or change its permissions.",
      cause,
    });
  }
}

/** Names that Windows keeps for devices, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A file name for a station id. Ids are case-sensitive and may hold anything, file systems differ: an id of capital
 * letters, digits, `_` and `-` is its own name, any other gets a part of its hash behind it.
 */
export function safeName(id: string): string {
  if (/^[A-Z0-9_-]{1,48}$/.test(id) && !RESERVED.test(id)) return id;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 12);
  const readable = id.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 48);
  return `${readable}-${hash}`;
}

/**
 * Makes the data directory and its sub-directories, readable by their owner only: cards are personal data.
 * @throws AppError `store.unreadable`
 */
export function ensureDataDir(dir: string): DataFiles {
  try {
    makeDirectory(path.join(dir, "stations"), 0o700);
  } catch (e) {
    throw new AppError("store.unreadable", `The data directory ${dir} cannot be used: ${errorText(e)}`, {
      hint: "Give a directory that you may write to with --data DIR.",
      cause: e,
    });
  }
  return dataFiles(dir);
}
