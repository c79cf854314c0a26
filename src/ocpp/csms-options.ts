import type { FrameFact, LinkFact } from "../station/facts.ts";
import type { Clock, Ids, ValueStore } from "../station/ports.ts";
import type { Dialect } from "./dialect.ts";
import type { LinkListener, LinkOptions } from "./rpc/link.ts";

export interface OcppCsmsOptions {
  /** Where to connect, the station's id already in the path (see rpc/url.ts). Read again for each attempt. */
  readonly url: string;
  /** In order of preference: one, or several that the central system may choose from by subprotocol. */
  readonly dialects: readonly Dialect[];
  /** The station's durable values: 1.6 keeps transaction ids here. */
  readonly values: ValueStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** From 0 to below 1; spreads reconnections. */
  readonly random: () => number;
  readonly backOff: LinkOptions["backOff"];
  /** How long an answer may take, milliseconds; a function when a setting may change it. */
  readonly messageTimeoutMs: number | (() => number);
  readonly connectTimeoutMs: number;
  /** Seconds between WebSocket pings; 0 or absent: none. */
  readonly pingIntervalS?: number | (() => number) | undefined;
  /** Extra HTTP headers of the handshake, for example Authorization. Read again for each attempt, as `tls` is. */
  readonly headers?: LinkOptions["headers"];
  readonly tls?: LinkOptions["tls"];
  /** The address to connect from (fleets). */
  readonly localAddress?: string;
  /** Hears every frame, secrets masked, and what becomes of the connection. Absent: no work is done for it. */
  readonly fact?: (fact: FrameFact | LinkFact) => void;
  /** What faults on the wire are seeded with, see OcppCsms.distort. Default 1. */
  readonly faultSeed?: number;
}

/**
 * What the link is to know of the central system's options, looked up when it asks. A class, so that the getters are
 * made once and not for each of ten thousand stations.
 */
export class CsmsLinkOptions implements LinkOptions {
  readonly on: LinkListener;
  readonly #o: OcppCsmsOptions;

  constructor(o: OcppCsmsOptions, on: LinkListener) {
    this.#o = o;
    this.on = on;
  }

  get url() {
    return this.#o.url;
  }

  get headers() {
    return this.#o.headers;
  }

  get tls() {
    return this.#o.tls;
  }

  get localAddress() {
    return this.#o.localAddress;
  }

  get subprotocols() {
    return this.#o.dialects.map((d) => d.subprotocol);
  }

  get clock() {
    return this.#o.clock;
  }

  get random() {
    return this.#o.random;
  }

  get backOff() {
    return this.#o.backOff;
  }

  get connectTimeoutMs() {
    return this.#o.connectTimeoutMs;
  }

  get pingIntervalS() {
    return this.#o.pingIntervalS;
  }
}
