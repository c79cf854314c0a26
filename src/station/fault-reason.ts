import type { StoppedReason } from "./types.ts";

/** 2.0.1 ReasonEnumType has words for these only; 1.6's Reason (§7.36) has none. */
const reasons: ReadonlyMap<string, StoppedReason> = new Map([
  ["GroundFailure", "GroundFault"],
  ["OverCurrentFailure", "OvercurrentFault"],
  ["OverVoltage", "PowerQuality"],
  ["UnderVoltage", "PowerQuality"],
]);

/** Why a transaction stops that a fault ends; `errorCode` is one of 1.6's ChargePointErrorCode. */
export const faultReason = (errorCode: string): StoppedReason => reasons.get(errorCode) ?? "Other";
