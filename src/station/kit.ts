import type { FactBody } from "./facts.ts";
import type { FiscalMeter } from "./fiscal.ts";
import type { Keeper } from "./keeper.ts";
import type { Clock, Csms, Ids, Store } from "./ports.ts";
import type { Security } from "./security/security.ts";
import type { Settings } from "./settings.ts";

/** What the parts of one station share. */
export interface Kit {
  /** What the station believes the time is; the central system may set it. */
  readonly clock: Clock;
  /** Milliseconds for durations: nobody sets them. */
  ticks(): number;
  readonly ids: Ids;
  readonly store: Store;
  /** The way to the store for whatever must not fail half-way. */
  readonly keeper: Keeper;
  readonly settings: Settings;
  readonly csms: Csms;
  /** Certificates, signatures, the security log and its events. */
  readonly security: Security;
  /** Signs meter values, where the model's meter does. */
  readonly fiscal?: FiscalMeter;
  /** Connected and registered: everything may be sent. */
  online(): boolean;
  /** See DialectTraits. */
  samplesInEnd(): boolean;
  /** Does anybody hear facts? In a fleet nobody does, and none is made. */
  readonly heard: boolean;
  /** Says what happened. */
  fact(body: FactBody): void;
}
