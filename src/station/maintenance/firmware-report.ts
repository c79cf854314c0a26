import type { Kit } from "../kit.ts";
import type { FirmwareRequest } from "../ports.ts";
import type { FirmwareStatus } from "../types.ts";
import { isHeard } from "./heard.ts";
import { fileNameIn } from "./image.ts";

/** The last status that there was; `told` when the central system has heard it. */
interface Last {
  readonly status: FirmwareStatus;
  readonly requestId?: number;
  readonly signed: boolean;
  readonly told: boolean;
}

const LAST = "firmware.last";

/** Tells how an update stands: to the journal, and to the central system at once or, when it is away, on its return. */
export class FirmwareReport {
  readonly #kit: Kit;
  #last: Last | undefined;
  #telling: Promise<unknown> = Promise.resolve();

  constructor(kit: Kit) {
    this.#kit = kit;
    this.#last = kit.store.values.get(LAST) as Last | undefined;
  }

  /** Resolves when the last message was answered or lost. */
  get settled(): Promise<unknown> {
    return this.#telling;
  }

  /**
   * What a trigger is answered with. A signed status is the last one that was not Installed (2.0.1 L01.FR.26, white paper
   * L01.FR.29); 1.6's own is Idle as soon as nothing goes on (§7.25).
   */
  current(
    signed: boolean,
    goesOn: boolean,
  ): { readonly status: FirmwareStatus; readonly requestId?: number } {
    const last = this.#last;
    const counts = signed ? last?.status !== "Installed" : goesOn;
    if (last === undefined || !counts) return { status: "Idle" };
    const { status, requestId } = last;
    return requestId === undefined ? { status } : { status, requestId };
  }

  /** Online: what was not told yet is. */
  resume(): void {
    if (this.#last?.told === false) this.#send(this.#last);
  }

  /** The update came to a new status; `also` becomes durable together with it. */
  tell(status: FirmwareStatus, request: FirmwareRequest, detail?: string, also?: () => void): void {
    const { requestId } = request;
    const last: Last = {
      status,
      ...(requestId === undefined ? {} : { requestId }),
      signed: requestId !== undefined,
      told: false,
    };
    this.#last = last;
    this.#kit.keeper.eventually(() => {
      also?.();
      this.#kit.store.values.set(LAST, last);
    });
    this.fact(status, request, detail);
    if (this.#kit.online()) this.#send(last);
  }

  #send(last: Last): void {
    const { told: _, ...said } = last;
    this.#telling = this.#kit.csms.request("firmwareStatus", said).then((answer) => {
      if (!isHeard(answer) || this.#last !== last) return;
      this.#last = { ...last, told: true };
      this.#kit.keeper.eventually(() => this.#kit.store.values.set(LAST, this.#last));
    });
  }

  /** What a person sees of it. */
  fact(status: FirmwareStatus, { requestId, location }: FirmwareRequest, detail?: string): void {
    this.#kit.fact({
      kind: "maintenance",
      what: "firmware",
      status,
      ...(requestId === undefined ? {} : { requestId }),
      file: fileNameIn(location),
      ...(detail === undefined ? {} : { detail }),
    });
  }
}
