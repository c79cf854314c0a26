import { systemClock } from "../../../util/clock.ts";
import { daemonAnswers, daemonSocket, packageInstalled } from "./daemon.ts";
import { hints } from "./hints.ts";
import { childProgram, PcscProcess } from "./process.ts";

/** What of PC/SC there is on this machine. */
export interface ProbedPcsc {
  /** nfc-pcsc is installed and built. */
  readonly package: boolean;
  readonly daemon: boolean;
  /** Readers that are plugged in, SAM slots left out. */
  readonly readers: readonly string[];
  /** Why there is no reader to use, and what to do about it. */
  readonly problem?: string;
  readonly hint?: string;
}

/** How long the daemon may take to list its readers, in milliseconds. */
const LIST_WITHIN = 2000;

/**
 * Is a PC/SC reader plugged in? Answers within some milliseconds when package or daemon are missing, else after
 * the child process has started (about 200 ms). Never throws and never loads native code into this process.
 */
export async function probePcsc(
  o: { readonly socket?: string; readonly program?: URL } = {},
): Promise<ProbedPcsc> {
  const socket = daemonSocket(o.socket);
  const installed = packageInstalled();
  const daemon = await daemonAnswers(socket);
  if (!installed) {
    return { package: false, daemon, readers: [], problem: "nfc-pcsc is not installed", hint: hints.package };
  }
  if (!daemon) {
    const problem = `The PC/SC service does not run (${socket})`;
    return { package: true, daemon, readers: [], problem, hint: hints.daemon };
  }
  const { readers, missing, listed } = await listReaders(socket, o.program ?? childProgram);
  if (missing !== undefined) {
    const problem = `nfc-pcsc cannot be loaded (${missing})`;
    return { package: false, daemon, readers, problem, hint: hints.package };
  }
  if (!listed) {
    const problem = "The PC/SC service takes connections and does not answer";
    return { package: true, daemon: false, readers, problem, hint: hints.silent };
  }
  if (readers.length > 0) return { package: true, daemon, readers };
  return { package: true, daemon, readers, problem: "No PC/SC reader is plugged in", hint: hints.noReader };
}

async function listReaders(socket: string | undefined, program: URL) {
  const readers: string[] = [];
  let missing: string | undefined;
  let expected: number | undefined;
  let told = 0;
  let resolve: () => void = () => undefined;
  const done = new Promise<void>((r) => {
    resolve = r;
  });
  const limit = systemClock.setTimeout(() => resolve(), LIST_WITHIN);
  const child = new PcscProcess({
    clock: systemClock,
    socket,
    program,
    start: { t: "start", setup: [] },
    onMessage: (m) => {
      if (m.t === "reader") readers.push(m.reader);
      if (m.t === "reader" || m.t === "skipped") told++;
      if (m.t === "missing") missing = m.why;
      if (m.t === "listed") expected = m.count;
      if (expected !== undefined && told >= expected) resolve();
    },
  });
  await Promise.race([done, child.ended]);
  systemClock.clearTimeout(limit);
  child.kill();
  await child.ended;
  // They tell themselves in the order of their answers, which is no order.
  return { readers: readers.toSorted(), missing, listed: expected !== undefined };
}
