import type { CallOutcome, CallsOptions, OcppVersion } from "../ocpp/rpc/types.ts";
import type { FactSink } from "../station/facts.ts";
import type { Clock } from "../util/clock.ts";
import type { AnswerBehaviour } from "./answers.ts";
import type { Book } from "./book.ts";
import type { RegistrationStatus } from "./desk.ts";
import type { Received } from "./received.ts";

export interface CentralOptions {
  /** The database file; left out: in memory, gone with the process. */
  readonly data?: string;
  /** Default 0: any port that is free. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly clock?: Clock;
  /** Hears each access decision, and each frame with `frames`. */
  readonly onFact?: FactSink;
  /** Report the central side's frames and connections too; a station in the same house reports its own. Default false. */
  readonly frames?: boolean;
  /** BootNotification's interval, seconds. Default 300. */
  readonly heartbeatInterval?: number;
  /** Take in stations that nobody wrote down, below the first location. Default true; otherwise HTTP 404. */
  readonly autoRegister?: boolean;
  /** Versions that are spoken. Default all. */
  readonly versions?: readonly OcppVersion[];
  /** A directory that is offered to stations by HTTP and takes their uploads; made when it is not there. Default: none. */
  readonly files?: string;
  /**
   * Speak TLS too, on the same port, with a certificate that is made on the spot by an authority that is kept with
   * the records. Default false.
   */
  readonly tls?: boolean;
  /** Names and addresses that the certificate is for. Default 127.0.0.1, ::1, localhost and `host`. */
  readonly tlsHosts?: readonly string[];
  /** Work that takes the machine some time and the clock none goes through here: for clocks that are stepped. */
  readonly outside?: <T>(work: Promise<T>) => Promise<T>;
  /** Makes the message ids of commands; default random. */
  readonly ids?: CallsOptions["ids"];
  /** How long a station may take to answer a command, milliseconds. Default 30 000. */
  readonly timeoutMs?: number;
}

/** A station that is connected now. */
export interface ConnectedStation {
  readonly id: string;
  readonly version: OcppVersion;
  readonly since: string;
  /** The answer to its last BootNotification in this connection. */
  readonly registration?: RegistrationStatus;
  /** Status by connector: "1" in 1.6, "1.1" (EVSE, connector) in 2.0.1. */
  readonly connectors: Readonly<Record<string, string>>;
}

export interface SendOptions {
  /** Send what does not fit the schema too. */
  readonly raw?: boolean;
  readonly timeoutMs?: number;
}

/** Files for rehearsals of firmware updates and logs: HTTP on the central system's own port. */
export interface CentralFiles {
  /** Where a file of the directory is to be had: the location of UpdateFirmware. */
  url(name: string): string;
  /** Where stations may put files: the location of GetDiagnostics and GetLog. */
  readonly uploadUrl: string;
  /** Names of what was uploaded; they lie in the directory's `uploads`. */
  uploads(): readonly string[];
}

/** The built-in central system: a CSMS to charge against, to whitelist cards in, and to test stations with. */
export interface Central {
  /** Stations add "/" and their identity, see {@link urlFor}. With `tls` the same address with wss works too. */
  readonly url: string;
  urlFor(stationId: string): string;
  /** The records: organizations, locations, assets, users, cards, access modes, unknown tokens, transactions. */
  readonly book: Book;
  /** Undefined unless {@link CentralOptions.files} names a directory. */
  readonly files: CentralFiles | undefined;
  stations(): ConnectedStation[];
  /**
   * Sends any CSMS-initiated action. A station that is not connected is the outcome `disconnected`.
   * @throws AppError `input.invalid` when the payload does not fit the schema and `raw` is not set
   */
  send(stationId: string, action: string, payload: unknown, o?: SendOptions): Promise<CallOutcome>;
  /** Sends a text as a frame, whatever it is. False when the station is not connected. */
  sendText(stationId: string, frame: string): boolean;
  /** Cuts a station's connection. False when it is not connected. */
  disconnect(stationId: string): boolean;
  /** Departs from the standard answer to an action; the latest behaviour that fits counts. The result takes it away. */
  setAnswer(action: string, behaviour: AnswerBehaviour): () => void;
  /** Standard answers again, to one action or to all. */
  clearAnswers(action?: string): void;
  /**
   * The password that a station has to give from now on (its bytes in hex; kept as a salted hash); undefined: none.
   * What the central system changes by command (AuthorizationKey, BasicAuthPassword) is noted by itself.
   */
  setPassword(stationId: string, password: string | undefined): void;
  /** The root that its certificate leads to, PEM; undefined without `tls`. */
  rootCertificate(): Promise<string | undefined>;
  /** A certificate and its key for a station, PEM: for rehearsals of security profile 3. */
  issueCertificate(stationId: string): Promise<{ readonly certificate: string; readonly privateKey: string }>;
  /** The requests that stations made. */
  readonly received: Received;
  /** Disconnects all stations and closes the records. May be called more than once. */
  close(): Promise<void>;
}
