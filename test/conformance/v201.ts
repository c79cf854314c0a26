import type { Payload } from "./central.ts";
import type { RigOptions } from "./rig.ts";

/* What rows of 2.0.1 are made of. */

export const token = (idToken: string, type = "ISO14443") => ({ idToken, type });
export const info = (status: string, more: object = {}): Payload => ({ idTokenInfo: { status, ...more } });
export const family = { groupIdToken: token("FAMILY", "Central") };
export const full = (versionNumber: number, ...list: object[]): Payload => ({
  versionNumber,
  updateType: "Full",
  ...(list.length > 0 ? { localAuthorizationList: list } : {}),
});
export const differential = (versionNumber: number, ...list: object[]): Payload => ({
  ...full(versionNumber, ...list),
  updateType: "Differential",
});
export const entry = (card: string, status?: string, more: object = {}): Payload => ({
  idToken: token(card),
  ...(status === undefined ? {} : info(status, more)),
});
export const v201 = (keys: RigOptions["keys"] = {}, answers: RigOptions["answers"] = {}): RigOptions => ({
  ocpp: "2.0.1",
  keys: { "SampledDataCtrlr.TxUpdatedInterval": 0, ...keys },
  answers,
});
export const done = { status: "Accepted" };
export const started = { eventType: "Started" };
export const ended = { eventType: "Ended" };
