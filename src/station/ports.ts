import type { Clock } from "../util/clock.ts";
import type { AppError } from "../util/errors.ts";
import type { CardUid } from "./card.ts";
import type { StationCommands } from "./csms-commands.ts";
import type { SignalPattern } from "./signals.ts";
import type {
  AuthorizationStatus,
  BootReason,
  CertificateHash,
  ChargePointStatus,
  ConnectorRef,
  ConnectorStatus,
  FirmwareStatus,
  IdToken,
  IdTokenInfo,
  MeterValue,
  PowerLimit,
  QueuedEvent,
  RootUse,
  SampleContext,
  SecurityEventType,
  StationIdentity,
  Supply,
  TransactionEvent,
  UploadStatus,
} from "./types.ts";

export type * from "./csms-commands.ts";
export type { Clock };

/** Makes identifiers that are unique over all connections and restarts; at most 36 characters. */
export interface Ids {
  next(): string;
}

/* ---------------------------------------------------------------------------------------------- cards */

export type CardTechnology = "ISO14443" | "ISO15693" | "EM4100" | "unknown";

/**
 * What a reader tells about cards and about itself. `reader` is the physical reader where one driver serves
 * several (PC/SC); absent, the driver's own name stands for it. `lost` without `reader` means all of them.
 */
export type ReaderEvent =
  | {
      readonly kind: "card";
      readonly uid: CardUid;
      readonly technology: CardTechnology;
      /** For example "MIFARE Classic 1K", when the reader can tell. */
      readonly cardType?: string;
      readonly atr?: string;
      readonly reader?: string;
    }
  | { readonly kind: "removed"; readonly uid: CardUid; readonly reader?: string }
  /** A card whose UID could not be read, or a repeat that was swallowed: a fact, not a tap. */
  | { readonly kind: "ignored"; readonly why: string; readonly raw?: string; readonly reader?: string }
  | { readonly kind: "ready"; readonly name: string; readonly detail?: string }
  /** Raised once when the reader goes away or cannot be used; followed by `ready` when it is back. */
  | { readonly kind: "lost"; readonly why: string; readonly hint?: string; readonly reader?: string };

/**
 * A source of cards. `events` is called once; its iterator ends after `close`. A reader that is unplugged yields
 * `lost`, goes on looking, and yields `ready` on return: it never throws for a device that may come back.
 */
export interface CardReader {
  /** As a person names it: "ACS ACR122U PICC Interface 00 00", "/dev/ttyUSB0", "virtual". */
  readonly name: string;
  events(): AsyncIterable<ReaderEvent>;
  /** May be called more than once. */
  close(): Promise<void>;
}

/** Makes a pattern audible. Resolves when the pattern was handed over; rejects with AppError `device.*`. */
export interface Buzzer {
  readonly name: string;
  play(pattern: SignalPattern): Promise<void>;
  close(): Promise<void>;
}

/** Makes a pattern visible: its light for a while, then none. Resolves when the light is on; rejects like a buzzer. */
export interface Indicator {
  readonly name: string;
  show(pattern: SignalPattern): Promise<void>;
  close(): Promise<void>;
}

/* ---------------------------------------------------------------------------------------------- meter */

/** The energy meter and the EV of one EVSE, as one physical model. */
export interface Meter {
  readonly supply: Supply;
  /** Register, Wh; never falls. */
  energyWh(): number;
  /** What the meter offers now: all of it, or what is wanted. */
  sample(context: SampleContext, wanted?: (measurand: string, phase?: string) => boolean): MeterValue;
  /** What flows now, W. */
  powerW(): number;
  /** Contactor: `true` lets energy flow. */
  setFlow(on: boolean): void;
  /** What may flow from this moment on; undefined: as much as the station can. */
  setLimit(limit: PowerLimit | undefined): void;
  /** A car has been plugged in, another one than before. */
  arrive(): void;
  /** Calls back when the EV wants no more while the contactor is closed. One listener, kept for good. */
  onFull(listener: () => void): void;
  /** Moves the register on by so many Wh at once: a test's shortcut through time. */
  advance(wh: number): void;
}

/** The part of a meter that signs; its private key never leaves it. */
export interface MeterSigner {
  /** DER SubjectPublicKeyInfo, hex in upper case. */
  readonly publicKey: string;
  /** OCMF's name of the algorithm, for example "ECDSA-secp256r1-SHA256". */
  readonly method: string;
  /** The signature over the text's UTF-8 bytes: DER, hex. */
  sign(text: string): string;
}

/* ----------------------------------------------------------------------------------------------- CSMS */

/** Requests that the station makes of its central system, in 2.0.1's model. */
export interface CsmsRequests {
  boot: {
    in: { readonly reason: BootReason; readonly identity: StationIdentity };
    out: {
      readonly status: "Accepted" | "Pending" | "Rejected";
      readonly interval: number;
      readonly currentTime: string;
    };
  };
  heartbeat: { in: Record<never, never>; out: { readonly currentTime: string } };
  status: {
    in: ConnectorRef & {
      readonly status: ConnectorStatus;
      readonly chargePointStatus: ChargePointStatus;
      readonly timestamp: string;
      /** 1.6 errorCode, for example "NoError", "LocalListConflict", "GroundFailure". */
      readonly errorCode: string;
      /** The vendor's own code for it, and whose it is. */
      readonly vendorErrorCode?: string;
      readonly vendorId?: string;
      readonly info?: string;
    };
    out: Record<never, never>;
  };
  authorize: { in: { readonly idToken: IdToken }; out: { readonly idTokenInfo: IdTokenInfo } };
  transaction: { in: TransactionEvent; out: { readonly idTokenInfo?: IdTokenInfo } };
  /** 2.x ReservationStatusUpdate; 1.6 has none and answers `unsupported`. */
  reservationUpdate: {
    in: { readonly reservationId: number; readonly status: "Expired" | "Removed" };
    out: Record<never, never>;
  };
  /** Meter values that are no event of a transaction; 1.6 still says which transaction runs. */
  meterValues: {
    in: {
      readonly evseId: number;
      readonly transactionId?: string;
      readonly meterValue: readonly MeterValue[];
    };
    out: Record<never, never>;
  };
  dataTransfer: {
    in: { readonly vendorId: string; readonly messageId?: string; readonly data?: unknown };
    out: { readonly status: string; readonly data?: unknown };
  };
  /** `signed` (1.6): told by SignedFirmwareStatusNotification. `triggered`: asked for, so that it is said in any case. */
  firmwareStatus: {
    in: {
      readonly status: FirmwareStatus;
      readonly requestId?: number;
      readonly signed: boolean;
      readonly triggered?: boolean;
    };
    out: Record<never, never>;
  };
  /** `diagnostics`: 1.6's DiagnosticsStatusNotification. */
  logStatus: {
    in: { readonly status: UploadStatus; readonly requestId?: number; readonly diagnostics: boolean };
    out: Record<never, never>;
  };
  securityEvent: {
    in: { readonly type: SecurityEventType; readonly timestamp: string; readonly techInfo?: string };
    out: Record<never, never>;
  };
  /** `csr`: PKCS#10, PEM. */
  signCertificate: { in: { readonly csr: string }; out: { readonly status: "Accepted" | "Rejected" } };
  /** 2.x NotifyReport, one part of a base report; 1.6 has none and answers `unsupported`. */
  report: {
    in: {
      readonly requestId: number;
      readonly seqNo: number;
      readonly tbc: boolean;
      readonly generatedAt: string;
      readonly variables: readonly ReportedVariable[];
    };
    out: Record<never, never>;
  };
}

/** A setting as the device model reports it. */
export interface ReportedVariable {
  readonly component: string;
  readonly variable: string;
  readonly instance?: string;
  readonly value?: string;
  readonly mutability: "ReadOnly" | "WriteOnly" | "ReadWrite";
  readonly dataType:
    | "boolean"
    | "integer"
    | "decimal"
    | "string"
    | "dateTime"
    | "OptionList"
    | "MemberList"
    | "SequenceList";
  readonly unit?: string;
  readonly maxLimit?: number;
}

export type CsmsRequestName = keyof CsmsRequests;

/** Why there is no answer. "Don't know" is never "yes". */
export type CsmsFailure =
  /** Not connected, or not registered yet. */
  | "offline"
  /** Sent, and no answer within the message timeout, or the connection broke while waiting. */
  | "timeout"
  /** The central system answered with a CALLERROR. */
  | "callError"
  /** The answer does not fit the schema. */
  | "badAnswer"
  /** This OCPP version has no such message, or cannot say it: an idTag of 30 characters in 1.6. Asking again is no use. */
  | "unsupported";

export type CsmsAnswer<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /**
       * Stores what the adapter has to remember of the answer. To be called within the store's transaction in which
       * the caller notes the answer: a crash then finds both or none. Throws AppError `store.*`.
       */
      readonly keep?: () => void;
    }
  | { readonly ok: false; readonly failure: CsmsFailure; readonly detail: string };

/** What of the dialect the domain has to know, as properties of tokens and notices, never as a version. */
export interface DialectTraits {
  /** 2.x: tokens of one text and different types are different. */
  readonly typedTokens: boolean;
  readonly idTokenMax: number;
  /** After more than OfflineThreshold seconds offline every status is told, not only the changed (2.0.1 B04.FR.01). */
  readonly offlineThreshold: boolean;
  /** Statuses are 1.6's nine (ChargePointStatus), not 2.x's five. */
  readonly nineStates: boolean;
  /** The end of a transaction repeats its periodic samples (1.6 StopTxnSampledData); 2.x has TxEndedInterval for that. */
  readonly samplesInEnd?: boolean;
  /** Clock-aligned meter values outside a transaction are kept and sent in order as its messages are (1.6 §3.7). */
  readonly queuesReadings?: boolean;
  /** A reservation is used up when its token is accepted (2.0.1 H03.FR.09); else when the transaction starts (1.6 §5.13). */
  readonly tokenUsesReservation?: boolean;
}

export type LinkEvent =
  | {
      readonly kind: "up";
      readonly url: string;
      readonly subprotocol: string;
      /** Over TLS: the certificates that the connection stands on, PEM, from the server's up to the root. */
      readonly chain?: readonly string[];
    }
  | { readonly kind: "down"; readonly why: string }
  /** An attempt to connect failed, again and again for the same reason too. */
  | { readonly kind: "failed"; readonly why: string; readonly problem?: LinkProblem };

/** Why a connection could not be made, where security is the reason. */
export type LinkProblem =
  /** The central system did not take identity and password. */
  | "authentication"
  /** It did not take the station's certificate, or misses one. */
  | "ownCertificate"
  /** Its own is not valid, or leads to nobody who is trusted here. */
  | "serverCertificate"
  /** It speaks no TLS above 1.1. */
  | "tlsVersion"
  /** It has no cipher suite in common with OCPP's. */
  | "cipherSuite";

/** The central system as the domain sees it. */
export interface Csms {
  /** Never rejects: failures are answers. `onSent` tells the moment the bytes were handed to the socket. */
  request<K extends CsmsRequestName>(
    kind: K,
    payload: CsmsRequests[K]["in"],
    onSent?: () => void,
  ): Promise<CsmsAnswer<CsmsRequests[K]["out"]>>;
  /**
   * The last message about this transaction was answered or given up: what was kept about it goes. To be called like
   * {@link CsmsAnswer}'s `keep`, within the store's transaction.
   */
  forget(transactionId: string): void;
  /** Starts connecting and keeps at it until `close`. Link changes and commands arrive here. */
  open(on: CsmsListener): void;
  /** Gives up the connection, in an orderly way, and makes a new one at once. Nothing while it is closed. */
  reconnect(): void;
  close(): Promise<void>;
}

export interface CsmsListener {
  link(event: LinkEvent): void;
  /** The central system sent what is no valid message, and why it is none. */
  invalid?(problem: string): void;
  /** The domain's answer to a CSMS-initiated command (see commands.ts). */
  readonly commands: StationCommands;
  /** The central system has rejected this station: its commands are not for us (1.6 §4.2, 2.0.1 B03.FR.08). */
  isRejected(): boolean;
}

/* ---------------------------------------------------------------------------------------------- store */

/** A whitelist entry as stored. `key` is the token in upper case plus its type where types count. */
export interface StoredToken {
  readonly key: string;
  readonly token: IdToken;
  readonly info: IdTokenInfo;
  /** Milliseconds since the epoch of the last answer that wrote it (cache). */
  readonly updatedAt: number;
}

export interface StoredMessage {
  /** Rises; the queue's order. */
  readonly id: number;
  readonly event: QueuedEvent;
  /** How often it was handed to the wire. */
  readonly attempts: number;
}

/** The Local Authorization List's durable half. Every call is atomic and durable on return. */
export interface ListStore {
  version(): number;
  size(): number;
  get(key: string): StoredToken | undefined;
  entries(): readonly StoredToken[];
  /** Replaces (`full`) or changes the list, and its version, as one. Throws AppError `store.writeFailed`. */
  update(u: {
    readonly full: boolean;
    readonly version: number;
    readonly put: readonly StoredToken[];
    readonly remove: readonly string[];
  }): void;
}

/** The Authorization Cache's durable half. */
export interface CacheStore {
  size(): number;
  get(key: string): StoredToken | undefined;
  entries(): readonly StoredToken[];
  put(entry: StoredToken): void;
  delete(keys: readonly string[]): void;
  clear(): void;
  /** The key to drop when room is needed: first any entry that is not valid at `now`, else the oldest. */
  evictable(now: number): string | undefined;
}

/** Transaction messages: stored before they go on the wire, deleted on their CALLRESULT only. */
export interface QueueStore {
  append(event: QueuedEvent): StoredMessage;
  head(): StoredMessage | undefined;
  size(): number;
  attempted(id: number): void;
  delete(id: number): void;
  /** Is a message of this transaction still waiting? */
  has(transactionId: string): boolean;
}

/** Small durable values by name: settings, availability, running transactions, id bindings. JSON in, JSON out. */
export interface ValueStore {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  delete(name: string): void;
  names(prefix: string): readonly string[];
}

/** All durable state of one station. */
export interface Store {
  readonly list: ListStore;
  readonly cache: CacheStore;
  readonly queue: QueueStore;
  readonly values: ValueStore;
  /** Runs `work` in one transaction: all of it is durable on return, or none. */
  atomically<T>(work: () => T): T;
  /** Tells each failure to read or write, AppError `store.*`, besides that it is thrown. One listener; it must not throw. */
  onFailure(hear: (error: AppError) => void): void;
  close(): void;
}

/* ---------------------------------------------------------------------------------------------- files */

/** What one transfer takes. `url` may have user and password in it: neither is ever told to anybody else. */
export interface TransferJob {
  readonly url: string;
  /** Ends the transfer; the promise then rejects. */
  readonly signal: AbortSignal;
  /** Authorities beside the machine's own that a server's certificate may come from, PEM. */
  readonly trusted?: readonly string[];
  /** Bytes so far, and in all when that is known. */
  readonly progress?: (bytes: number, total: number | undefined) => void;
}

/** A file that is here whole. */
export interface ReceivedFile {
  readonly bytes: number;
  /** Its beginning, at most {@link FILE_HEAD_BYTES}, as Latin-1 text. */
  readonly head: string;
}

/** How much of a file {@link ReceivedFile.head} shows. */
export const FILE_HEAD_BYTES = 1024;

/**
 * Files to and from other machines. Rejects with AppError `transfer.badMessage` (the far end cannot make sense of it,
 * or the URL is none), `transfer.notSupported` (protocol, method), `transfer.denied` (login, permission),
 * `transfer.failed` (anything else: not found, too large, too slow, cut short, no disk).
 */
export interface FileTransfer {
  /** As 1.6 SupportedFileTransferProtocols spells them: "FTP", "HTTPS". */
  readonly protocols: readonly string[];
  /** Fetches a file and keeps it under this name, whole or not at all, until it is removed. */
  download(job: TransferJob & { readonly name: string }): Promise<ReceivedFile>;
  /** Sends lines as a file of this name to a directory, each line ended by a newline. */
  upload(job: TransferJob & { readonly fileName: string; readonly lines: Iterable<string> }): Promise<void>;
  /** What was downloaded under this name; undefined when there is none. */
  find(name: string): Promise<ReceivedFile | undefined>;
  read(name: string): AsyncIterable<Uint8Array>;
  remove(name: string): Promise<void>;
  /** Ends what runs. May be called more than once. */
  close(): Promise<void>;
}

/** A time span, ends included, ms since the epoch; an end that is absent is open. */
export interface Period {
  readonly from?: number;
  readonly to?: number;
}

/** What happened, for diagnostics. Read when it is asked for, in order, as JSON without line ends and secrets. */
export interface LogSource {
  has(period: Period): boolean;
  read(period: Period): Iterable<string>;
  /** Versions of the parts that this station is made of, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/* ------------------------------------------------------------------------------------------- security */

/** Who a certificate is for. */
export interface CertificateSubject {
  readonly commonName?: string;
  readonly organization?: string;
}

/** An X.509 certificate, read. */
export interface Certificate {
  readonly pem: string;
  readonly subject: CertificateSubject;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** May it sign other certificates (basicConstraints CA)? */
  readonly isAuthority: boolean;
  /** Why its key or the signature on it is too weak (white paper A00.FR.501 to FR.504); undefined: strong enough. */
  readonly weakness?: string;
  isSignedBy(issuer: Certificate): boolean;
  /** Is this the certificate of that private key (PEM)? */
  belongsTo(privateKey: string): boolean;
  /** Its names under each hash algorithm. */
  hashes(issuer: Certificate): Promise<readonly CertificateHash[]>;
}

/** Certificates, keys and signatures: keeps nothing. What comes from outside is answered, never thrown at. */
export interface Pki {
  /** The certificates of a PEM text, in its order; undefined when the text is anything else. */
  read(pem: string): Promise<readonly Certificate[] | undefined>;
  /** A new key pair (ECDSA P-256) and the request to sign it (PKCS#10), both PEM. */
  request(subject: CertificateSubject): Promise<{ readonly privateKey: string; readonly csr: string }>;
  /** Is this the signature (base64, SHA-256 with RSA or ECDSA) of the content by the certificate's key? */
  verify(content: AsyncIterable<Uint8Array>, signature: string, signer: Certificate): Promise<boolean>;
}

/** Re-exported for adapters that answer in the words of their own version. */
export type { AuthorizationStatus, CertificateHash, RootUse };
