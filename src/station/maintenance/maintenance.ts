import type { Evse } from "../evse.ts";
import type { Kit } from "../kit.ts";
import type {
  FileTransfer,
  FirmwareRequest,
  LogSource,
  StationCommands,
  UpdateFirmwareStatus,
} from "../ports.ts";
import type { FirmwareModel } from "../station-options.ts";
import type { BootReason, StationIdentity } from "../types.ts";
import { FIRMWARE_VERSION, FirmwareUpdates } from "./firmware.ts";
import { type Lane, LogUploads } from "./logs.ts";

export interface MaintenanceOptions {
  readonly kit: Kit;
  readonly id: string;
  /** As the model says it. */
  readonly identity: StationIdentity;
  readonly evses: () => readonly Evse[];
  /** Absent: this station moves no files. */
  readonly files?: FileTransfer;
  readonly logs?: LogSource;
  readonly firmware?: FirmwareModel;
  serviceChanged(): void;
  reboot(reason: BootReason): void;
}

/** Firmware updates and uploads of logs, each made when it is first needed: most stations of a fleet never are asked. */
export class Maintenance {
  readonly #o: MaintenanceOptions;
  #firmware: FirmwareUpdates | undefined;
  #logs: LogUploads | undefined;

  constructor(o: MaintenanceOptions) {
    this.#o = o;
  }

  /** The model's, with the version that is installed. */
  identity(): StationIdentity {
    const { identity, kit } = this.#o;
    const version = kit.keeper.attempt(() => kit.store.values.get(FIRMWARE_VERSION), undefined);
    return typeof version === "string" ? { ...identity, firmwareVersion: version } : identity;
  }

  powerOn(): void {
    if (this.#o.files === undefined) return;
    if (FirmwareUpdates.isPending(this.#o.kit)) void this.#updates;
    if (LogUploads.isPending(this.#o.kit)) void this.#uploads;
  }

  powerOff(): void {
    this.#firmware?.powerOff();
    this.#logs?.powerOff();
  }

  /** Connected and registered. */
  ready(): void {
    this.#firmware?.ready();
    this.#logs?.ready();
  }

  /** A transaction ended. */
  proceed(): void {
    this.#firmware?.proceed();
  }

  async updateFirmware(c: FirmwareRequest): Promise<{ status: UpdateFirmwareStatus }> {
    return this.#updates?.ask(c) ?? { status: "NotSupported" };
  }

  getLog(c: Parameters<StationCommands["getLog"]>[0]) {
    return this.#uploads?.ask(c) ?? { status: "Rejected" as const };
  }

  /** TriggerMessage. `signed`: 1.6's SignedFirmwareStatusNotification, and 2.x's only one. */
  tellFirmwareStatus(signed: boolean): void {
    const current = this.#updates?.current(signed) ?? { status: "Idle" };
    void this.#o.kit.csms.request("firmwareStatus", { ...current, signed, triggered: true });
  }

  /** TriggerMessage. */
  tellLogStatus(lane: Lane): void {
    const current = this.#uploads?.current(lane) ?? { status: "Idle" };
    void this.#o.kit.csms.request("logStatus", { ...current, diagnostics: lane === "diagnostics" });
  }

  get #updates(): FirmwareUpdates | undefined {
    const { files, kit, firmware = {} } = this.#o;
    if (files === undefined) return undefined;
    this.#firmware ??= new FirmwareUpdates({
      kit,
      evses: this.#o.evses(),
      files,
      model: firmware,
      serviceChanged: () => this.#o.serviceChanged(),
      reboot: (reason) => this.#o.reboot(reason),
    });
    return this.#firmware;
  }

  get #uploads(): LogUploads | undefined {
    const { files, logs, kit, id } = this.#o;
    if (files === undefined) return undefined;
    this.#logs ??= new LogUploads({
      kit,
      id,
      files,
      identity: () => this.identity(),
      ...(logs === undefined ? {} : { logs }),
    });
    return this.#logs;
  }
}
