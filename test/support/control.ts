import type { StationControl, StationStatus } from "../../src/station/control.ts";
import type { Verdict } from "../../src/station/types.ts";

export const someStatus: StationStatus = {
  id: "CP001",
  ocpp: "1.6",
  model: "Generic AC",
  csms: "ws://127.0.0.1:9000/ocpp",
  powered: true,
  online: true,
  registration: "Accepted",
  readers: [{ name: "virtual", ready: true }],
  queued: 0,
  evses: [
    {
      evseId: 1,
      connectorId: 1,
      status: "Occupied",
      chargePointStatus: "Charging",
      plugged: true,
      operative: true,
      meterWh: 5000,
      powerW: 11_000,
      transaction: {
        transactionId: "T1",
        idToken: "04A2241BC85E80",
        chargingState: "Charging",
        startedAt: "2030-01-01T00:00:00.000Z",
        energyWh: 1234,
      },
    },
    {
      evseId: 2,
      connectorId: 1,
      status: "Available",
      chargePointStatus: "Available",
      plugged: false,
      operative: true,
      meterWh: 0,
      powerW: 0,
    },
  ],
};

/** A control that writes down what it is asked. */
export class RecordingControl implements StationControl {
  readonly calls: string[] = [];
  /** The calls that change something. */
  get done(): string[] {
    return this.calls.filter((call) => call !== "status()");
  }

  current: StationStatus = someStatus;
  /** What every verb fails with. */
  failure: Error | undefined;
  /** Hears each call. */
  heard: (call: string) => void = () => {};

  tap = (uid: string): Promise<Verdict | undefined> => this.#note("tap", uid).then(() => undefined);
  hold = (uid: string): Promise<Verdict | undefined> => this.#note("hold", uid).then(() => undefined);
  remove = (): Promise<void> => this.#note("remove");
  plug = (evseId?: number): Promise<void> => this.#note("plug", evseId);
  unplug = (evseId?: number): Promise<void> => this.#note("unplug", evseId);
  network = (state: string): Promise<void> => this.#note("network", state);
  power = (state: string): Promise<void> => this.#note("power", state);
  fault = (evseId: number, errorCode: string): Promise<void> => this.#note("fault", evseId, errorCode);
  clear = (evseId: number): Promise<void> => this.#note("clear", evseId);
  lock = (evseId: number, state: string): Promise<void> => this.#note("lock", evseId, state);
  dataTransfer = (vendorId: string, messageId?: string, data?: unknown) =>
    this.#note("dataTransfer", vendorId, messageId, data).then(() => ({ status: "Accepted" }));
  meter = (evseId: number, addWh: number): Promise<void> => this.#note("meter", evseId, addWh);

  status(): StationStatus {
    this.calls.push("status()");
    this.heard("status()");
    return this.current;
  }

  async #note(verb: string, ...args: readonly unknown[]): Promise<void> {
    const call = `${verb}(${args.filter((a) => a !== undefined).join(",")})`;
    this.calls.push(call);
    this.heard(call);
    if (this.failure !== undefined) throw this.failure;
  }
}
