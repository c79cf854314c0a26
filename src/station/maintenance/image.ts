/** What an image says about itself and how its installation goes. */
export interface FirmwareImage {
  /** At most 50 characters. */
  readonly version: string;
  readonly installs: "ok" | "fails" | "verificationFails";
  /** How long the installation takes, s; undefined: as long as the station model says. */
  readonly installSeconds?: number;
}

const VERSION_MAX = 50;
const SECONDS_MAX = 86_400;

const outcomes: Readonly<Record<string, FirmwareImage["installs"]>> = {
  ok: "ok",
  fails: "fails",
  "verification-fails": "verificationFails",
};

/**
 * Reads an image's header: lines `name: value` from the first byte on, up to the first line that is none.
 * `firmwareVersion` (default: `fallback`), `installation` (ok, fails, verification-fails), `installSeconds`. Whatever
 * is not understood does not count: any file is an image.
 */
export function readImage(head: string, fallback: string): FirmwareImage {
  const header = new Map<string, string>();
  for (const line of head.split(/\r?\n/)) {
    const [, name, value] = /^([A-Za-z]{1,40}):[ \t]*([\x20-\x7e]{1,200})$/.exec(line) ?? [];
    if (name === undefined || value === undefined) break;
    header.set(name.toLowerCase(), value.trim());
  }
  const version = header.get("firmwareversion") || fallback;
  const seconds = Number(header.get("installseconds") ?? Number.NaN);
  return {
    version: version.slice(0, VERSION_MAX),
    installs: outcomes[header.get("installation")?.toLowerCase() ?? ""] ?? "ok",
    ...(seconds >= 0 && seconds <= SECONDS_MAX ? { installSeconds: seconds } : {}),
  };
}

/** The file's name in a location, without what could be secret; the version of an image that does not say its own. */
export function fileNameIn(location: string): string {
  const path = location.replace(/[?#].*$/, "").replace(/\/+$/, "");
  const last = path.slice(path.lastIndexOf("/") + 1);
  const clean = last.replace(/^.*@/, "").replace(/[^\x20-\x7e]/g, "");
  return clean === "" ? "firmware" : clean.slice(0, 100);
}
