import { randomUUID } from "node:crypto";
import { Calls } from "../ocpp/rpc/calls.ts";
import { Link, type LinkTls } from "../ocpp/rpc/link.ts";
import type { CallAnswer, CallOutcome, OcppVersion } from "../ocpp/rpc/types.ts";
import type { LinkFact } from "../station/facts.ts";
import type { Clock } from "../util/clock.ts";
import { AppError } from "../util/errors.ts";
import type { ReplayLink } from "./replay.ts";

export interface ReplayLinkOptions {
  /** With the station's identity, see parseCsmsUrl. */
  readonly url: string;
  readonly version: OcppVersion;
  readonly clock: Clock;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: LinkTls;
  /** How long an answer, or a connection, may take, ms. */
  readonly timeoutMs: number;
  /** Answers a command of the central system. */
  readonly command: (action: string, payload: unknown) => CallAnswer;
}

/** A bare connection without any station behind it: what is said is what the log says. */
export class BareLink implements ReplayLink {
  readonly #link: Link;
  readonly #calls: Calls;
  readonly #o: ReplayLinkOptions;
  #last: LinkFact | undefined;
  /** Undefined: nothing will be told any more. */
  #waiting: ((fact: LinkFact | undefined) => void) | undefined;

  constructor(o: ReplayLinkOptions) {
    this.#o = o;
    this.#calls = new Calls({
      version: o.version,
      clock: o.clock,
      ids: { next: () => randomUUID() },
      timeoutMs: o.timeoutMs,
      handler: (action, payload) => o.command(action, payload),
      send: (text) => this.#link.send(text),
    });
    this.#link = new Link({
      url: o.url,
      subprotocols: [`ocpp${o.version}`],
      clock: o.clock,
      random: Math.random,
      backOff: { waitMinimumS: 1, randomRangeS: 1, repeatTimes: 3 },
      connectTimeoutMs: o.timeoutMs,
      ...(o.headers === undefined ? {} : { headers: o.headers }),
      ...(o.tls === undefined ? {} : { tls: o.tls }),
      on: {
        up: () => this.#calls.connected(),
        down: () => this.#calls.disconnected(),
        message: (text) => this.#calls.receive(text),
        fact: (fact) => this.#hear(fact),
      },
    });
  }

  call(action: string, payload: unknown): Promise<CallOutcome> {
    return this.#calls.call(action, payload);
  }

  /** The first connection must be had at once; later ones are waited for, as long as they may come. @throws AppError `csms.*` */
  async ready(): Promise<void> {
    if (this.#link.connected) return;
    const first = this.#last === undefined;
    this.#link.open();
    const end = this.#o.clock.now() + this.#o.timeoutMs;
    while (!this.#link.connected) {
      const fact = await this.#next(end - this.#o.clock.now());
      const isLost = first
        ? fact?.state === "refused" || fact?.state === "disconnected"
        : fact?.lasting !== undefined;
      if (fact === undefined || isLost) throw unreachable(fact ?? this.#last);
    }
  }

  close(): Promise<void> {
    this.#waiting?.(undefined);
    this.#calls.close();
    return this.#link.close();
  }

  #hear(fact: LinkFact): void {
    this.#last = fact;
    this.#waiting?.(fact);
  }

  /** The next that is told of the connection; undefined when the time is over, or this is closed. */
  #next(ms: number): Promise<LinkFact | undefined> {
    return new Promise((resolve) => {
      const timer = this.#o.clock.setTimeout(() => this.#waiting?.(undefined), ms);
      this.#waiting = (fact) => {
        this.#waiting = undefined;
        this.#o.clock.clearTimeout(timer);
        resolve(fact);
      };
    });
  }
}

function unreachable(fact: LinkFact | undefined): AppError {
  const refused = fact?.state === "refused";
  return new AppError(
    refused ? "csms.refused" : "csms.unreachable",
    `${refused ? "The central system refuses" : "There is no connection to the central system"}: ${fact?.why ?? "no answer"}`,
    { hint: fact?.hint ?? "Check the address and whether the central system runs." },
  );
}
