import type { OcppCsmsOptions } from "../ocpp/csms.ts";
import type { LinkTls } from "../ocpp/rpc/link.ts";
import type { Settings } from "../station/settings.ts";
import type { Dialling } from "./dialling.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * How one station reaches its central system; what credentials and settings say is looked up when it is asked for. A
 * class, so that the getters are made once and not for each of ten thousand stations.
 */
export class StationCsmsOptions implements OcppCsmsOptions {
  readonly dialects: OcppCsmsOptions["dialects"];
  readonly values: OcppCsmsOptions["values"];
  readonly clock: OcppCsmsOptions["clock"];
  readonly random: OcppCsmsOptions["random"];
  readonly ids: OcppCsmsOptions["ids"];
  readonly messageTimeoutMs: () => number;
  readonly connectTimeoutMs = CONNECT_TIMEOUT_MS;
  readonly fact?: NonNullable<OcppCsmsOptions["fact"]>;
  readonly faultSeed?: number;
  readonly #dial: Dialling;
  readonly #settings: () => Settings;
  readonly #connectTls: LinkTls["createConnection"];

  constructor(
    fixed: Pick<OcppCsmsOptions, "dialects" | "values" | "clock" | "random" | "ids"> & {
      readonly fact: OcppCsmsOptions["fact"] | undefined;
      readonly faultSeed: number | undefined;
      readonly connectTls: LinkTls["createConnection"];
    },
    dial: Dialling,
    settings: () => Settings,
  ) {
    this.dialects = fixed.dialects;
    this.values = fixed.values;
    this.clock = fixed.clock;
    this.random = fixed.random;
    this.ids = fixed.ids;
    if (fixed.fact !== undefined) this.fact = fixed.fact;
    if (fixed.faultSeed !== undefined) this.faultSeed = fixed.faultSeed;
    this.#connectTls = fixed.connectTls;
    this.#dial = dial;
    this.#settings = settings;
    this.messageTimeoutMs = () => this.#count("OCPPCommCtrlr.MessageTimeout[Default]") * 1000;
  }

  get url() {
    return this.#dial.url;
  }

  get headers() {
    return this.#dial.headers;
  }

  get tls() {
    const { tls } = this.#dial;
    return tls === undefined || this.#connectTls === undefined
      ? tls
      : { ...tls, createConnection: this.#connectTls };
  }

  get backOff() {
    return {
      waitMinimumS: this.#count("OCPPCommCtrlr.RetryBackOffWaitMinimum"),
      randomRangeS: this.#count("OCPPCommCtrlr.RetryBackOffRandomRange"),
      repeatTimes: this.#count("OCPPCommCtrlr.RetryBackOffRepeatTimes"),
    };
  }

  get pingIntervalS() {
    return this.#count("OCPPCommCtrlr.WebSocketPingInterval");
  }

  #count(name: string): number {
    return this.#settings().count(name);
  }
}
