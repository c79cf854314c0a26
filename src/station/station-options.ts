import type { SettableClock } from "../util/clock.ts";
import type { IdTokenForm } from "./card.ts";
import type { TransferVendor } from "./data-transfer.ts";
import type { FactSink, SignalName } from "./facts.ts";
import type { SigningOptions } from "./fiscal.ts";
import type { Clock, Csms, DialectTraits, FileTransfer, Ids, LogSource, Meter, Pki, Store } from "./ports.ts";
import type { Manners } from "./quirks.ts";
import type { SettingsTable } from "./settings.ts";
import type { StationIdentity } from "./types.ts";

/** How a model takes firmware. */
export interface FirmwareModel {
  /** How long the installation of an image takes that does not say it itself, s. */
  readonly installSeconds?: number;
  /** Unsigned images are not taken (security white paper L01.FR.20). */
  readonly signedOnly?: boolean;
}

/** A station's ports and its model's data. */
export interface StationOptions {
  readonly id: string;
  readonly identity: StationIdentity;
  /** The machine's: timers, durations, and when facts happened. */
  readonly clock: Clock;
  /** What the station believes; the central system sets it. Left out, the machine's, which nobody sets. */
  readonly time?: SettableClock;
  readonly ids: Ids;
  readonly store: Store;
  readonly csms: Csms;
  readonly pki: Pki;
  /** One for each EVSE, in order from EVSE 1. */
  readonly meters: readonly Meter[];
  /** Sockets with a lock that holds the cable; left out, fixed cables. */
  readonly locks?: boolean;
  /** Whose DataTransfer the model understands; left out, nobody's. */
  readonly dataTransfer?: readonly TransferVendor[];
  /** How the model talks otherwise than the house. */
  readonly manners?: Manners;
  /** The meters sign what they measured at begin and end of a transaction. */
  readonly signing?: SigningOptions;
  /** A battery lets the station end transactions before it goes down in a power cut. */
  readonly battery?: boolean;
  readonly traits: () => DialectTraits;
  readonly idTokenForm?: IdTokenForm;
  /** The type of every connector, 2.0.1 ConnectorEnumType. */
  readonly connectorType?: string;
  /** The settings that this model has; left out, all of the house. */
  readonly settingsTable?: SettingsTable;
  /** Start values of this station, by 2.0.1 name, above the table's defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A setting that the outside obeys may have changed. */
  readonly settingChanged?: (name: string) => void;
  /** Plays a signal and says which buzzers were asked. */
  readonly signal?: (signal: SignalName) => readonly string[];
  readonly onFact?: FactSink;
  /** The same card again within so many ms is a reader's repeat or a trembling hand, not a tap. */
  readonly retapMs?: number;
  /** Moves files; absent: firmware and logs stay where they are. */
  readonly files?: FileTransfer;
  readonly logs?: LogSource;
  readonly firmware?: FirmwareModel;
  /** How long a reset takes until power is back, ms. */
  readonly rebootMs?: number;
}
