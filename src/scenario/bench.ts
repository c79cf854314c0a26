import type { Journal } from "../journal/types.ts";
import type { StationControl } from "../station/control.ts";
import type { Clock } from "../util/clock.ts";

/** What a scenario wants to stand before its first step. */
export interface BenchSetup {
  /** OCPP version, for example "1.6". */
  readonly ocpp: string;
  readonly seed: number;
  readonly station: StationSetup;
  readonly central: CentralSetup;
}

export interface StationSetup {
  /** Default "CP001". */
  readonly id?: string;
  /** Id of a definition in devices/stations. */
  readonly model?: string;
  readonly evses?: number;
  /** Start values of settings, by 2.0.1 name or 1.6 key. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How the first step finds it; default "online": registered and at rest. */
  readonly begins?: "online" | "powered" | "off";
  /** The same card within so many ms is no tap. */
  readonly retapMs?: number;
  /** When virtual time begins, ISO 8601. */
  readonly time?: string;
  /** The Local Authorization List (version 1) and the Authorization Cache as it is switched on. */
  readonly list?: readonly TokenSetup[];
  /** Of HTTP Basic authentication: security profile 1, and 2 with TLS. */
  readonly password?: string;
  /** 0 to 3; default what follows from the password. */
  readonly securityProfile?: number;
  readonly cache?: readonly TokenSetup[];
}

/** A token that the station knows. */
export interface TokenSetup {
  readonly id: string;
  /** AuthorizationStatus, default Accepted. */
  readonly status?: string;
  /** Until when it holds, ISO 8601. */
  readonly expiry?: string;
  /** parentIdTag, groupIdToken. */
  readonly group?: string;
  /** 2.0.1 IdTokenEnumType, default ISO14443. */
  readonly type?: string;
}

/** A card on the whitelist of the built-in central system. */
export interface CardSetup {
  readonly id: string;
  readonly visibleId?: string;
  readonly nickname?: string;
  readonly blocked?: boolean;
  readonly expiry?: string;
}

export interface RoamingSetup {
  readonly id: string;
  readonly contract: string;
}

export interface CentralSetup {
  /** Access mode of the station's location. */
  readonly mode?: string;
  readonly cards?: readonly CardSetup[];
  readonly roaming?: readonly RoamingSetup[];
  /** BootNotification's interval, s. */
  readonly heartbeat?: number;
  /** False: BootNotification is answered with Pending. */
  readonly approved?: boolean;
  /** It speaks TLS too; default from security profile 2 on. */
  readonly tls?: boolean;
  /** What the station has to show; default what it has. */
  readonly password?: string;
  /** Texts by name, each offered by HTTP as a file. */
  readonly files?: Readonly<Record<string, string>>;
}

/** How the built-in central system departs from its standard answer to one action. */
export interface AnswerChange {
  readonly once?: boolean;
  /** The payload instead; `merge`: laid over the standard one. */
  readonly answer?: unknown;
  readonly merge?: boolean;
  readonly error?: { readonly code: string; readonly description?: string };
  readonly drop?: "request" | "answer";
  readonly delayMs?: number;
  readonly messageId?: string;
}

/** What came of a command that the central system sent. */
export interface CommandOutcome {
  /** Absent when no answer came. */
  readonly answer?: unknown;
  readonly error?: { readonly code: string; readonly description: string };
  /** In words, when neither. */
  readonly why?: string;
}

/** The other side, when it is the built-in one. */
export interface BenchCentral {
  answer(action: string, change: AnswerChange): void;
  /** Standard answers again, to one action or to all. */
  reset(action?: string): void;
  /** @throws AppError `input.invalid` when the payload does not fit and `raw` is not set */
  send(action: string, payload: unknown, raw: boolean): Promise<CommandOutcome>;
  sendText(text: string): void;
  disconnect(): void;
  mode(mode: string): void;
  addCard(card: CardSetup): void;
  removeCard(id: string): void;
  blockCard(id: string, blocked: boolean): void;
  addRoaming(contract: RoamingSetup): void;
  approve(approved: boolean): void;
}

/** What befalls frames between station and central system; rates from 0 to 1. Absent: nothing of the kind. */
export interface NetworkQuality {
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  /** Characters a second. */
  readonly charsPerS?: number;
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  readonly corrupt?: number;
  /** Frames vanish both ways and the connection seems to stand, until it ends; when this ends, it does. */
  readonly halfOpen?: boolean;
}

export interface EvChange {
  /** 0 to 1. */
  readonly soc?: number;
  readonly capacityWh?: number;
  readonly maxAcW?: number;
  readonly maxDcW?: number;
}

/** The virtual reader's mishaps. */
export interface BenchReader {
  /** Is it there? A card that is held to a dead reader has no effect. */
  readonly plugged: boolean;
  unplug(): void;
  replug(): void;
  /** Another program holds it. */
  busy(): void;
  /** Bytes that are no card. */
  garbage(text: string): void;
  /** Several cards in the field at once. */
  together(uids: readonly string[]): void;
}

/** A station, what it talks to, and time: everything that steps act on. The composition root makes it. */
export interface Bench {
  /** Time passes only while every step waits, and then at once. */
  readonly virtual: boolean;
  readonly clock: Clock;
  readonly journal: Pick<Journal, "query" | "subscribe">;
  readonly control: StationControl;
  /** What the bench adds to the scenario's variables. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Present when the built-in central system plays the other side. */
  readonly central?: BenchCentral;
  /** Present when cards are presented by command. */
  readonly reader?: BenchReader;
  /**
   * Carries a scenario through: makes time pass while `work` waits. `giveUp` hears why that cannot go on, and gives up
   * what is under way; false: there is nothing to give up, then it rejects.
   */
  run<T>(work: Promise<T>, giveUp?: (e: unknown) => boolean): Promise<T>;
  /** Resolves when everything that can happen without time passing has happened. */
  settle(): Promise<void>;
  /** Waits for something outside (a process, a person): no time passes meanwhile. */
  hold<T>(outside: Promise<T>): Promise<T>;
  /** Puts a text on the wire as the station's; false without a connection. */
  send(text: string): boolean;
  /** The station's own setting. @throws AppError `input.invalid` */
  set(name: string, value: string): void;
  /** From now on, in place of what was before; false: there is no connection that could be half-open. */
  quality(directions: readonly ("out" | "in")[], quality: NetworkQuality): boolean;
  ev(evseId: number, change: EvChange): void;
  /** The program ends and starts again on the same store; `kill`: without a word to anybody. */
  restart(kill: boolean): Promise<void>;
  /** Sets the station's wall clock, ms from now on. */
  jumpClock(byMs: number): void;
  /** The station's clock gains so many seconds a day. */
  driftClock(secondsADay: number): void;
  close(): Promise<void>;
}

export type OpenBench = (setup: BenchSetup) => Promise<Bench>;
