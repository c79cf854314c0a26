/** Charging profiles in 2.0.1's words (part 2, "ChargingProfileType"); 1.6 §7.8 to §7.14 says the same. Seconds, A, W. */

export type ChargingRateUnit = "A" | "W";

/** 1.6 calls the first ChargePointMaxProfile. */
export type ChargingProfilePurpose = "ChargingStationMaxProfile" | "TxDefaultProfile" | "TxProfile";

export interface ChargingSchedulePeriod {
  /** Seconds from the schedule's start; the period before ends here. */
  readonly startPeriod: number;
  /** A on each phase, or W in all. */
  readonly limit: number;
  /** Absent: 3. */
  readonly numberPhases?: number;
}

export interface ChargingSchedule {
  readonly chargingRateUnit: ChargingRateUnit;
  readonly chargingSchedulePeriod: readonly ChargingSchedulePeriod[];
  /** ISO 8601. */
  readonly startSchedule?: string;
  /** Absent: the last period goes on. */
  readonly duration?: number;
  /** What the EV needs at least, in the schedule's unit. */
  readonly minChargingRate?: number;
}

export interface ChargingProfile {
  readonly id: number;
  readonly stackLevel: number;
  readonly chargingProfilePurpose: ChargingProfilePurpose;
  readonly chargingProfileKind: "Absolute" | "Recurring" | "Relative";
  readonly recurrencyKind?: "Daily" | "Weekly";
  readonly validFrom?: string;
  readonly validTo?: string;
  /** The station's own transaction id. */
  readonly transactionId?: string;
  readonly chargingSchedule: ChargingSchedule;
}

/** A profile where it was installed: EVSE 0 is the whole station, or every EVSE for TxDefaultProfile. */
export interface InstalledProfile {
  readonly evseId: number;
  /** Milliseconds since the epoch. */
  readonly installedAt: number;
  readonly profile: ChargingProfile;
}

/** Which profiles to clear; a member that is absent does not matter. With `id`, nothing else does (2.0.1 K10). */
export interface ProfileFilter {
  readonly id?: number;
  readonly evseId?: number;
  readonly chargingProfilePurpose?: ChargingProfilePurpose;
  readonly stackLevel?: number;
}

/** What may be drawn from now on, as GetCompositeSchedule tells it. */
export interface CompositeSchedule {
  readonly evseId: number;
  readonly scheduleStart: string;
  /** Seconds that the periods cover: less than asked for when there would be too many periods. */
  readonly duration: number;
  readonly chargingRateUnit: ChargingRateUnit;
  readonly chargingSchedulePeriod: readonly ChargingSchedulePeriod[];
}
