import { isoTime } from "../../util/clock.ts";
import { type ErrorCode, errorText, isAppError } from "../../util/errors.ts";
import type { Kit } from "../kit.ts";
import type { FileTransfer, LogRequest, LogSource, Period } from "../ports.ts";
import type { StationIdentity, UploadStatus } from "../types.ts";
import { isHeard } from "./heard.ts";
import { waitUntil } from "./wait.ts";

export interface LogUploadsOptions {
  readonly kit: Kit;
  readonly id: string;
  readonly identity: () => StationIdentity;
  readonly files: FileTransfer;
  /** Absent: there are no diagnostics to send, but a security log. */
  readonly logs?: LogSource;
}

/** What is on record of an upload that is not over. */
interface Job {
  readonly request: LogRequest;
  readonly fileName: string;
  readonly triesLeft: number;
}

/** A status, and whose it is. */
interface Said {
  readonly status: UploadStatus;
  readonly requestId?: number;
}

/** GetLog's and GetDiagnostics' uploads do not know of each other. */
export type Lane = "log" | "diagnostics";

const PREFIX = "upload.";
const lanes: readonly Lane[] = ["log", "diagnostics"];
const laneOf = (r: LogRequest): Lane => (r.requestId === undefined ? "diagnostics" : "log");

/** 2.0.1 N01.FR.10 has a status for each kind of failure. */
const STATUS: { readonly [C in ErrorCode]?: UploadStatus } = {
  "transfer.badMessage": "BadMessage",
  "transfer.notSupported": "NotSupportedOperation",
  "transfer.denied": "PermissionDenied",
};

/**
 * Uploads of logs: what the journal and the security log hold, as JSON lines, with who the station is and how it is
 * set in front (1.6 §5.9, security white paper N01, 2.0.1 N01). An upload that a crash or a power cut ended begins anew.
 */
export class LogUploads {
  readonly #o: LogUploadsOptions;
  readonly #kit: Kit;
  readonly #jobs = new Map<Lane, Job>();
  readonly #runs = new Map<Lane, AbortController>();
  /** The latest status of each that the central system has not heard yet. */
  readonly #unheard = new Map<Lane, Said>();

  constructor(o: LogUploadsOptions) {
    this.#o = o;
    this.#kit = o.kit;
    for (const lane of lanes) {
      const job = this.#kit.store.values.get(PREFIX + lane) as Job | undefined;
      if (job !== undefined) this.#jobs.set(lane, job);
    }
  }

  /** Is there anything that a station with power has to go on with? */
  static isPending({ store, keeper }: Kit): boolean {
    return keeper.attempt(() => store.values.names(PREFIX).length > 0, false);
  }

  ask(request: LogRequest): { status: "Accepted" | "Rejected" | "AcceptedCanceled"; fileName?: string } {
    if (!this.#has(request)) return { status: "Rejected" };
    const { log } = request;
    const lane = laneOf(request);
    const job = { request, fileName: this.#fileName(log), triesLeft: Math.max(1, request.tries) };
    if (!this.#kit.keeper.tried(() => this.#kit.store.values.set(PREFIX + lane, job)))
      return { status: "Rejected" };
    const before = this.#jobs.get(lane);
    this.#runs.get(lane)?.abort();
    this.#jobs.set(lane, job);
    const run = this.#newRun(lane);
    // The answer leaves first.
    this.#kit.clock.setTimeout(() => {
      if (run.aborted) return;
      if (before !== undefined) this.#tell("AcceptedCanceled", before, "a new request takes its place");
      void this.#go(lane, run);
    }, 0);
    return { status: before === undefined ? "Accepted" : "AcceptedCanceled", fileName: job.fileName };
  }

  /** Online: tells what was not heard yet, the latest only, and begins anew what power or a crash ended. */
  ready(): void {
    for (const [lane, said] of this.#unheard) this.#send(lane, said);
    for (const lane of this.#jobs.keys()) if (!this.#runs.has(lane)) void this.#go(lane, this.#newRun(lane));
  }

  powerOff(): void {
    for (const run of this.#runs.values()) run.abort();
    this.#runs.clear();
    this.#unheard.clear();
  }

  /** What a trigger is answered with. */
  current(lane: Lane): Said {
    const job = this.#jobs.get(lane);
    if (job === undefined) return { status: "Idle" };
    const { requestId } = job.request;
    return requestId === undefined ? { status: "Uploading" } : { status: "Uploading", requestId };
  }

  #newRun(lane: Lane): AbortSignal {
    const run = new AbortController();
    this.#runs.set(lane, run);
    return run.signal;
  }

  async #go(lane: Lane, run: AbortSignal): Promise<void> {
    try {
      for (let job = this.#jobs.get(lane); job !== undefined && !run.aborted; job = this.#jobs.get(lane))
        await this.#try(lane, job, run);
    } catch (e) {
      if (!run.aborted) throw e;
    }
  }

  async #try(lane: Lane, job: Job, run: AbortSignal): Promise<void> {
    const { request, fileName } = job;
    this.#tell("Uploading", job);
    try {
      await this.#o.files.upload({
        url: request.location,
        fileName,
        lines: this.#lines(request),
        signal: run,
        trusted: this.#kit.security.roots.pems("CSMSRootCertificate"),
      });
      run.throwIfAborted();
      this.#over(lane, job, "Uploaded");
    } catch (e) {
      run.throwIfAborted();
      const triesLeft = job.triesLeft - 1;
      if (triesLeft === 0) {
        const status = isAppError(e) ? STATUS[e.code] : undefined;
        return this.#over(lane, job, status ?? "UploadFailure", errorText(e));
      }
      const next = { ...job, triesLeft };
      this.#jobs.set(lane, next);
      this.#kit.keeper.eventually(() => this.#kit.store.values.set(PREFIX + lane, next));
      const { clock } = this.#kit;
      await waitUntil(clock, clock.now() + request.retryIntervalS * 1000, run);
    }
  }

  #over(lane: Lane, job: Job, status: UploadStatus, detail?: string): void {
    this.#jobs.delete(lane);
    this.#runs.delete(lane);
    this.#kit.keeper.eventually(() => this.#kit.store.values.delete(PREFIX + lane));
    this.#tell(status, job, detail);
  }

  #has(request: LogRequest): boolean {
    const period = periodOf(request);
    if (request.log === "DiagnosticsLog") return this.#o.logs?.has(period) ?? false;
    return this.#kit.keeper.attempt(() => this.#securityLog(period).length > 0, false);
  }

  #lines(request: LogRequest): Iterable<string> {
    const period = periodOf(request);
    if (request.log === "DiagnosticsLog") return this.#diagnostics(period);
    return this.#securityLog(period).map((entry) => JSON.stringify(entry));
  }

  *#diagnostics(period: Period): Iterable<string> {
    const { logs, identity, id } = this.#o;
    if (logs === undefined) return;
    const about = { time: isoTime(this.#kit.clock), station: id };
    yield JSON.stringify({ kind: "station", ...about, ...identity(), versions: logs.versions });
    const settings = this.#kit.settings
      .report()
      .filter((v) => v.value !== undefined)
      .map((v) => [`${v.component}.${v.variable}${v.instance ? `[${v.instance}]` : ""}`, v.value]);
    yield JSON.stringify({ kind: "settings", ...about, settings: Object.fromEntries(settings) });
    yield* logs.read(period);
  }

  #securityLog({ from, to }: Period) {
    return this.#kit.security.log(from, to);
  }

  /** Unlike any other, and a name on every file system. */
  #fileName(log: LogRequest["log"]): string {
    const { id, kit } = this.#o;
    const time = isoTime(kit.clock).replace(/[-:.]/g, "");
    const name = log === "SecurityLog" ? "security" : "diagnostics";
    return `${id.replace(/[^A-Za-z0-9_-]/g, "_")}-${name}-${time}-${kit.ids.next().slice(0, 8)}.jsonl`;
  }

  #send(lane: Lane, said: Said): void {
    this.#unheard.set(lane, said);
    const sent = this.#kit.csms.request("logStatus", { ...said, diagnostics: lane === "diagnostics" });
    void sent.then((answer) => {
      if (isHeard(answer) && this.#unheard.get(lane) === said) this.#unheard.delete(lane);
    });
  }

  #tell(status: UploadStatus, { request, fileName }: Job, detail?: string): void {
    const about = request.requestId === undefined ? {} : { requestId: request.requestId };
    const reason = detail === undefined ? {} : { detail };
    this.#kit.fact({ kind: "maintenance", what: request.log, status, ...about, file: fileName, ...reason });
    this.#send(laneOf(request), { status, ...about });
  }
}

/** A time that cannot be read leaves its end open; the schemas let none through. */
function periodOf({ from, to }: LogRequest): Period {
  const ends = { from: Date.parse(from ?? ""), to: Date.parse(to ?? "") };
  return Object.fromEntries(Object.entries(ends).filter(([, at]) => !Number.isNaN(at)));
}
