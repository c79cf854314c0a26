import type { OcppVersion } from "../ocpp/rpc/types.ts";
import type { AuthorizationStatus } from "../station/types.ts";
import type { AccessMode } from "./access.ts";

/** The records of the central system. Ids are small integers, times ISO 8601 in UTC, energy Wh. */

/** A customer of a partner: owns locations, users and cards. */
export interface Organization {
  readonly id: number;
  readonly name: string;
  readonly partner: string;
}

export interface Location {
  readonly id: number;
  readonly name: string;
  /** The organization's name. */
  readonly organization: string;
  readonly accessMode: AccessMode;
}

/** A charging station. */
export interface Asset {
  /** The station's identity, case-sensitive. */
  readonly id: string;
  readonly location: string;
  readonly organization: string;
  /** An approved station's BootNotification is Accepted, another one's is Pending. */
  readonly approved: boolean;
  /** It was written down when it connected, not by a person. */
  readonly autoRegistered: boolean;
  /** Set at the asset; absent: inherited from the location. */
  readonly accessMode?: AccessMode;
  readonly ocpp?: OcppVersion;
  readonly lastSeen?: string;
  readonly vendor?: string;
  readonly model?: string;
}

export type UserRole = "cardholder" | "administrator";

export interface User {
  readonly id: number;
  readonly organization: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly role: UserRole;
}

/** A card on the organization's whitelist. */
export interface Card {
  readonly id: number;
  readonly organization: string;
  /** What the station sends for the card: `idTag`, `idToken.idToken`; compared without regard to case. */
  readonly hiddenId: string;
  /** The number printed on the card. */
  readonly visibleId?: string;
  readonly nickname: string;
  /** The person's name. */
  readonly user: string;
  readonly email: string;
  readonly blocked: boolean;
  /** From then on the card is no longer whitelisted. */
  readonly expiry?: string;
}

/** A token of the simulated roaming hub. */
export interface RoamingToken {
  readonly idToken: string;
  /** eMAID, for example NL-TNM-C12345678. */
  readonly contractId: string;
  readonly provider: string;
}

/** A token that was offered and that nobody knows. */
export interface UnknownToken {
  readonly idToken: string;
  readonly organization: string;
  /** Where it was offered last. */
  readonly station: string;
  readonly attempts: number;
  readonly lastAttempt: string;
}

/** A token that nobody knew when it was offered. */
export interface OfferedToken extends UnknownToken {
  /** The card or the contract that it belongs to by now. */
  readonly knownAs?: string;
}

export interface Transaction {
  /** 1.6's transactionId. */
  readonly id: number;
  /** 2.0.1's transactionId, the station's own. */
  readonly stationTransactionId?: string;
  readonly station: string;
  /** The EVSE in 2.0.1, the connector in 1.6; absent while the station has not told it. */
  readonly connector?: number;
  readonly idToken?: string;
  /** What the central system said of the token. */
  readonly status?: AuthorizationStatus;
  readonly free?: boolean;
  readonly startTime: string;
  readonly meterStart?: number;
  /** Absent while it runs. */
  readonly stopTime?: string;
  readonly meterStop?: number;
  readonly reason?: string;
}

/** Where a mode is set: a location by its name, or an asset by its id. */
export type AccessModeTarget =
  | { readonly location: string; readonly organization?: string }
  | { readonly asset: string };

export interface NewUser {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly role?: string;
  /** May be left out while there is one organization. */
  readonly organization?: string;
}

export interface NewCard {
  /** A UID may have `:`, `-` or blanks between its bytes. What a station has offered is taken as it was offered. */
  readonly hiddenId: string;
  /** Take the Hidden ID as it is written, also when it does not look like one. */
  readonly force?: boolean;
  readonly visibleId?: string;
  readonly nickname: string;
  /** E-mail address, or first and last name. */
  readonly user: string;
  readonly expiry?: string;
  readonly organization?: string;
}

export interface NewRoaming {
  readonly idToken: string;
  readonly contractId: string;
  /** Left out: country and party of the contract, for example NL-TNM. */
  readonly provider?: string;
}
