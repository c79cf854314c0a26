import { isoTime, type TimerHandle } from "../../util/clock.ts";
import type { FactBody } from "../facts.ts";
import type { Keeper } from "../keeper.ts";
import type { Clock, Csms, Store } from "../ports.ts";
import type { SecurityEventType } from "../types.ts";

/** A line of the security log. */
export interface SecurityLogEntry {
  /** Rises by one for each event of this station. */
  readonly seq: number;
  readonly timestamp: string;
  readonly type: SecurityEventType;
  readonly techInfo?: string;
}

interface SecurityEventsOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly keeper: Keeper;
  readonly csms: Csms;
  readonly online: () => boolean;
  /** Is a security profile above 0 in force? */
  readonly secured: () => boolean;
  readonly fact: (body: FactBody) => void;
}

/**
 * Whether the central system is told. `secured`: the critical events of the appendix, when a security profile is in
 * force; at profile 0 the central system need not know the security extension at all. `always`: what the use cases
 * want told, all of it caused by a central system that uses the extension. `never`: for the log only.
 */
const told: Readonly<Record<SecurityEventType, "always" | "secured" | "never">> = {
  CsmsFailedToAuthenticate: "never",
  FailedToAuthenticateAtCsms: "never",
  FirmwareUpdated: "secured",
  InvalidChargingStationCertificate: "always",
  InvalidCsmsCertificate: "always",
  InvalidFirmwareSignature: "always",
  InvalidFirmwareSigningCertificate: "always",
  InvalidMessages: "never",
  InvalidTLSCipherSuite: "always",
  InvalidTLSVersion: "always",
  ReconfigurationOfSecurityParameters: "never",
  ResetOrReboot: "secured",
  SettingSystemTime: "secured",
  StartupOfTheDevice: "secured",
};

/** What the far end can cause as often as it likes: one line a minute says how many there were. */
const frequent: ReadonlySet<SecurityEventType> = new Set(["InvalidMessages"]);
const FREQUENT_MS = 60_000;

/** The log rolls: the oldest lines go. */
export const SECURITY_LOG_MAX = 1000;

/** More events that wait for the central system than this: the oldest is given up. */
const WAITING_MAX = 200;

/** After silence the event is told again, ms. */
const RETRY_MS = 60_000;

const NEXT = "security.log.next";
const LOG = "security.log.line.";
const WAITING = "security.event.";

const slotOf = (seq: number) => `${LOG}${seq % SECURITY_LOG_MAX}`;
const waitingOf = (seq: number) => `${WAITING}${String(seq).padStart(12, "0")}`;

/** The security log, and the events that the central system still has to hear of; both durable (A04). */
export class SecurityEvents {
  readonly #o: SecurityEventsOptions;
  /** Of the frequent ones: when the last line was written, and how many came since. */
  #recent: Map<SecurityEventType, { at: number; more: number }> | undefined;
  #busy = false;
  #retry: TimerHandle | undefined;

  constructor(o: SecurityEventsOptions) {
    this.#o = o;
  }

  /**
   * Something happened: into the log, and to the central system if that is due. `techInfo` is for its operator and
   * never holds a secret. `extension`: the central system has just used the security extension, so it is told of the
   * critical events too.
   */
  tell(type: SecurityEventType, techInfo?: string, extension = false): void {
    const info = this.#thinned(type, techInfo);
    if (info === undefined) return;
    const rule = told[type];
    const due = rule === "always" || (rule === "secured" && (extension || this.#o.secured()));
    const timestamp = isoTime(this.#o.clock);
    const about = { type, ...(info === "" ? {} : { techInfo: info.slice(0, 255) }) };
    const { techInfo: said } = about as { techInfo?: string };
    this.#o.fact({
      kind: "security",
      event: type,
      told: due,
      ...(said === undefined ? {} : { techInfo: said }),
    });
    this.#o.keeper.eventually(
      () => this.#write({ timestamp, ...about }, due),
      () => this.flush(),
    );
  }

  /** The log from the oldest line on, those within the times (ms) when given: what GetLog(SecurityLog) uploads. */
  log(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): readonly SecurityLogEntry[] {
    const { values } = this.#o.store;
    return values
      .names(LOG)
      .map((name) => values.get(name) as SecurityLogEntry)
      .filter((e) => Date.parse(e.timestamp) >= from && Date.parse(e.timestamp) <= to)
      .sort((a, b) => a.seq - b.seq);
  }

  /** Online: what waited is told, in order. */
  flush(): void {
    void this.#pump();
  }

  /** No timer is left. */
  powerOff(): void {
    if (this.#retry !== undefined) this.#o.clock.clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  /** The text with how many were left out; undefined when this one is left out. */
  #thinned(type: SecurityEventType, techInfo = ""): string | undefined {
    if (!frequent.has(type)) return techInfo;
    const now = this.#o.clock.now();
    this.#recent ??= new Map();
    const last = this.#recent.get(type);
    if (last !== undefined && now - last.at >= 0 && now - last.at < FREQUENT_MS) {
      last.more++;
      return undefined;
    }
    this.#recent.set(type, { at: now, more: 0 });
    return last === undefined || last.more === 0 ? techInfo : `${techInfo} (and ${last.more} more before)`;
  }

  #write(entry: Omit<SecurityLogEntry, "seq">, due: boolean): void {
    const { values } = this.#o.store;
    const next = values.get(NEXT);
    const seq = typeof next === "number" ? next : 1;
    const line = { seq, ...entry };
    values.set(NEXT, seq + 1);
    values.set(slotOf(seq), line);
    if (!due) return;
    for (const oldest of values.names(WAITING).slice(0, -(WAITING_MAX - 1))) values.delete(oldest);
    values.set(waitingOf(seq), line);
  }

  async #pump(): Promise<void> {
    if (this.#busy || this.#retry !== undefined) return;
    this.#busy = true;
    try {
      while (this.#o.online()) {
        const head = this.#o.keeper.attempt(() => this.#head(), undefined);
        if (head === undefined || !(await this.#send(head))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  #head(): SecurityLogEntry | undefined {
    const { values } = this.#o.store;
    const [first] = values.names(WAITING);
    return first === undefined ? undefined : (values.get(first) as SecurityLogEntry);
  }

  /** False when the next one has to wait. A CALLERROR is an answer too: it has arrived, and was not wanted. */
  async #send({ seq, ...event }: SecurityLogEntry): Promise<boolean> {
    const { csms, keeper, store, clock } = this.#o;
    const answer = await csms.request("securityEvent", event);
    if (!answer.ok && answer.failure === "offline") return false;
    if (!answer.ok && answer.failure === "timeout") {
      if (this.#o.online()) {
        this.#retry = clock.setTimeout(() => {
          this.#retry = undefined;
          this.flush();
        }, RETRY_MS);
      }
      return false;
    }
    return keeper.tried(() => store.values.delete(waitingOf(seq)));
  }
}
