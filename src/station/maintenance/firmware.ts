import { errorText } from "../../util/errors.ts";
import type { Evse } from "../evse.ts";
import type { Kit } from "../kit.ts";
import type { FileTransfer, FirmwareRequest, ReceivedFile, UpdateFirmwareStatus } from "../ports.ts";
import type { FirmwareModel } from "../station-options.ts";
import type { BootReason, FirmwareStatus, SecurityEventType } from "../types.ts";
import { FirmwareReport } from "./firmware-report.ts";
import { fileNameIn, readImage } from "./image.ts";
import { waitUntil } from "./wait.ts";

export interface FirmwareOptions {
  readonly kit: Kit;
  readonly evses: readonly Evse[];
  readonly files: FileTransfer;
  readonly model: FirmwareModel;
  /** EVSEs went out of service or came back: the station itself may have. */
  serviceChanged(): void;
  /** Takes the power away and brings it back. */
  reboot(reason: BootReason): void;
}

/** Where an update stands, in order; each step may be begun anew after a crash. */
type Stage = "download" | "verify" | "wait" | "install" | "rebooted";

/** What is on record of an update that is not over. */
interface Update {
  readonly request: FirmwareRequest;
  readonly stage: Stage;
  readonly triesLeft: number;
}

/** How long an installation takes when neither image nor model say it, s. */
const INSTALL_S = 3;

const UPDATE = "firmware.update";
/** Value of the store: the version that is installed, when it is not the model's. */
export const FIRMWARE_VERSION = "firmware.version";
/** Under this name the image is kept until it is installed. */
const IMAGE = "firmware";

const isSigned = (r: FirmwareRequest): boolean =>
  r.signingCertificate !== undefined || r.signature !== undefined;

/**
 * One firmware update at a time, from the request to the reboot into the new version (1.6 §5.19, security white paper
 * L01, 2.0.1 L01 and L02). Each step is on record before it is told, so that a crash at any instant costs no more than
 * doing the step again. What could not be told is told on return, the latest only: no message of this kind is queued.
 */
export class FirmwareUpdates {
  readonly #o: FirmwareOptions;
  readonly #kit: Kit;
  #update: Update | undefined;
  readonly #report: FirmwareReport;
  #run: AbortController | undefined;
  /** Wakes up whoever waits for the end of transactions. */
  #idle: (() => void) | undefined;
  /** How often the power went. */
  #cuts = 0;

  constructor(o: FirmwareOptions) {
    this.#o = o;
    this.#kit = o.kit;
    this.#report = new FirmwareReport(o.kit);
    this.#update = o.kit.store.values.get(UPDATE) as Update | undefined;
  }

  /** Is there anything that a station with power has to go on with? */
  static isPending({ store, keeper }: Kit): boolean {
    return keeper.attempt(() => store.values.names("firmware.").some((n) => n !== FIRMWARE_VERSION), false);
  }

  /** Takes the place of an update that is not being installed yet. A signer who must not sign is refused (L01.FR.22). */
  async ask(request: FirmwareRequest): Promise<{ status: UpdateFirmwareStatus }> {
    const cuts = this.#cuts;
    if (isSigned(request)) {
      const { signingCertificate: pem, signature, requestId } = request;
      const problem = pem === undefined ? "there is none" : await this.#kit.security.signerProblem(pem);
      if (problem !== undefined) {
        const told = () =>
          this.#security("InvalidFirmwareSigningCertificate", `request ${requestId}: ${problem}`);
        this.#kit.clock.setTimeout(told, 0);
        return { status: "InvalidCertificate" };
      }
      if (signature === undefined || this.#cuts !== cuts) return { status: "Rejected" };
    } else if (this.#o.model.signedOnly === true) return { status: "NotSupported" };
    return { status: this.#begin(request) };
  }

  #begin(request: FirmwareRequest): UpdateFirmwareStatus {
    const before = this.#update;
    if (before?.stage === "install" || before?.stage === "rebooted") return "Rejected";
    const update: Update = { request, stage: "download", triesLeft: Math.max(1, request.tries) };
    if (!this.#kit.keeper.tried(() => this.#kit.store.values.set(UPDATE, update))) return "Rejected";
    this.#stop();
    if (before !== undefined) {
      this.#report.fact("Idle", before.request, "a new update takes its place");
      this.#backToService();
    }
    this.#update = update;
    // The answer leaves first.
    const run = this.#newRun();
    this.#kit.clock.setTimeout(() => void this.#go(run), 0);
    return before === undefined ? "Accepted" : "AcceptedCanceled";
  }

  powerOff(): void {
    this.#cuts++;
    this.#stop();
  }

  /** Online: what was not told yet is, and what power or a crash ended goes on where it was. */
  ready(): void {
    this.#report.resume();
    if (this.#update !== undefined && this.#run === undefined) void this.#go(this.#newRun());
  }

  /** A transaction ended. */
  proceed(): void {
    this.#idle?.();
  }

  /** What a trigger is answered with; see {@link FirmwareReport.current}. */
  current(signed: boolean) {
    return this.#report.current(signed, this.#update !== undefined);
  }

  #newRun(): AbortSignal {
    this.#run = new AbortController();
    return this.#run.signal;
  }

  #stop(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.#idle = undefined;
  }

  /** Step by step until it is over, or until the power or a new update ends this run. */
  async #go(run: AbortSignal): Promise<void> {
    try {
      for (let update = this.#update; update !== undefined && !run.aborted; update = this.#update)
        await this.#steps[update.stage](update, run);
    } catch (e) {
      if (run.aborted || this.#update === undefined) return;
      const { request, stage } = this.#update;
      await this.#over(stage === "download" ? "DownloadFailed" : "InstallationFailed", request, errorText(e));
    }
  }

  readonly #steps: Readonly<Record<Stage, (update: Update, run: AbortSignal) => Promise<void>>> = {
    download: async (update, run) => {
      const { request } = update;
      const at = Date.parse(request.retrieveDateTime);
      if (at > this.#kit.clock.now()) {
        this.#report.tell("DownloadScheduled", request);
        await waitUntil(this.#kit.clock, at, run);
      }
      await this.#download(update, run);
    },

    verify: async (update, run) => {
      const { request } = update;
      const { signingCertificate, signature } = request;
      if (signingCertificate === undefined || signature === undefined) return this.#enter(update, "wait");
      if ((await this.#image(update, run)) === undefined) return;
      const content = this.#o.files.read(IMAGE);
      const verdict = await this.#kit.security.verifyFirmware({ content, signature, signingCertificate });
      run.throwIfAborted();
      if (verdict !== "ok") {
        const why =
          verdict === "invalidSignature" ? "it does not fit the image" : "its certificate holds no more";
        await this.#over("InvalidSignature", request, why);
        this.#security("InvalidFirmwareSignature", `request ${request.requestId}: ${why}`);
        return;
      }
      this.#report.tell("SignatureVerified", request);
      this.#enter(update, "wait");
    },

    wait: async (update, run) => {
      const { request } = update;
      const at = Date.parse(request.installDateTime ?? "");
      if (at > this.#kit.clock.now()) {
        this.#report.tell("InstallScheduled", request);
        await waitUntil(this.#kit.clock, at, run);
      }
      await this.#outOfService(run);
      this.#enter(update, "install");
    },

    install: async (update, run) => {
      const { request } = update;
      const file = await this.#image(update, run);
      if (file === undefined) return;
      const image = readImage(file.head, fileNameIn(request.location));
      // After a restart somebody may have begun to charge already.
      await this.#outOfService(run);
      this.#report.tell("Installing", request, image.version);
      const { clock } = this.#kit;
      const seconds = image.installSeconds ?? this.#o.model.installSeconds ?? INSTALL_S;
      await waitUntil(clock, clock.now() + seconds * 1000, run);
      if (image.installs === "fails")
        return this.#over("InstallationFailed", request, `${image.version} cannot be installed`);
      if (image.installs === "verificationFails")
        return this.#over("InstallVerificationFailed", request, `${image.version} is not what it should be`);
      this.#report.tell("InstallRebooting", request, image.version);
      await this.#report.settled;
      run.throwIfAborted();
      this.#enter(update, "rebooted", () => this.#kit.store.values.set(FIRMWARE_VERSION, image.version));
      this.#o.reboot("FirmwareUpdate");
      // The power goes now, and this run with it.
      await new Promise((_, reject) => run.addEventListener("abort", reject));
    },

    rebooted: async ({ request }) => {
      const { keeper, store } = this.#kit;
      const version = keeper.attempt(() => String(store.values.get(FIRMWARE_VERSION)), "");
      await this.#over("Installed", request, version);
      this.#security("FirmwareUpdated", version, isSigned(request));
    },
  };

  async #download(update: Update, run: AbortSignal): Promise<void> {
    const { request } = update;
    this.#report.tell("Downloading", request);
    try {
      const { bytes } = await this.#o.files.download({
        url: request.location,
        name: IMAGE,
        signal: run,
        trusted: this.#kit.security.roots.pems("CSMSRootCertificate"),
        progress: progressTold((detail) => this.#report.fact("Downloading", request, detail)),
      });
      run.throwIfAborted();
      this.#report.tell("Downloaded", request, `${bytes} bytes`);
      this.#enter(update, "verify");
    } catch (e) {
      run.throwIfAborted();
      const triesLeft = update.triesLeft - 1;
      if (triesLeft === 0) return this.#over("DownloadFailed", request, errorText(e));
      this.#save({ ...update, triesLeft });
      this.#report.tell("DownloadPaused", request, errorText(e));
      const { clock } = this.#kit;
      await waitUntil(clock, clock.now() + request.retryIntervalS * 1000, run);
    }
  }

  /** The image that was downloaded; when it is gone, it is downloaded anew. */
  async #image(update: Update, run: AbortSignal): Promise<ReceivedFile | undefined> {
    const file = await this.#o.files.find(IMAGE);
    run.throwIfAborted();
    if (file === undefined) this.#enter(update, "download");
    return file;
  }

  /** Nobody may begin to charge any more, and whoever does may finish (1.6 §5.19, 2.0.1 L01.FR.06, FR.07). */
  async #outOfService(run: AbortSignal): Promise<void> {
    const { evses, kit } = this.#o;
    const open = kit.settings.flag("ChargingStation.AllowNewSessionsPendingFirmwareUpdate");
    if (!open) this.#retire();
    while (evses.some((e) => e.transaction !== undefined)) {
      await new Promise<void>((resolve, reject) => {
        this.#idle = resolve;
        run.addEventListener("abort", reject);
      });
    }
    this.#idle = undefined;
    if (open) this.#retire();
  }

  #retire(): void {
    for (const evse of this.#o.evses) evse.retire();
    this.#o.serviceChanged();
  }

  #backToService(): void {
    for (const evse of this.#o.evses) evse.resumeService();
    this.#o.serviceChanged();
  }

  async #over(status: FirmwareStatus, request: FirmwareRequest, detail: string): Promise<void> {
    this.#update = undefined;
    this.#run = undefined;
    this.#report.tell(status, request, detail, () => this.#kit.store.values.delete(UPDATE));
    if (status !== "Installed") this.#backToService();
    // An image that stays is overwritten by the next.
    await this.#o.files.remove(IMAGE).catch(() => {});
  }

  #enter(update: Update, stage: Stage, also?: () => void): void {
    this.#save({ ...update, stage }, also);
  }

  #save(update: Update, also?: () => void): void {
    this.#update = update;
    this.#kit.keeper.eventually(() => {
      also?.();
      this.#kit.store.values.set(UPDATE, update);
    });
  }

  /** `extension`: the central system uses the messages of the security extension. */
  #security(type: SecurityEventType, techInfo: string, extension = true): void {
    this.#kit.security.tell(type, techInfo, extension);
  }
}

/** Every quarter of a file whose size is known is told once. */
function progressTold(tell: (detail: string) => void): (bytes: number, total: number | undefined) => void {
  let quarters = 0;
  return (bytes, total) => {
    if (total === undefined || total === 0) return;
    const now = Math.floor((bytes * 4) / total);
    if (now <= quarters || now >= 4) return;
    quarters = now;
    tell(`${now * 25} % of ${total} bytes`);
  };
}
