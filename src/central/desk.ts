import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { type Clock, isoTime } from "../util/clock.ts";
import { AppError } from "../util/errors.ts";
import type { Charges } from "./charges.ts";
import type { Judge, Judgement, OfferedToken, Told } from "./judge.ts";
import type { Ledger } from "./ledger.ts";
import { type Payload, text } from "./payload.ts";

export type RegistrationStatus = "Accepted" | "Pending" | "Rejected";

/** What the handlers of both dialects work with: one station's place in the central system. */
export interface Desk {
  readonly station: string;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly charges: Charges;
  /** Seconds, for BootNotification's interval. */
  readonly heartbeatInterval: number;
  readonly judge: (token: OfferedToken) => Judgement;
  /** Signs a station's request and sends the certificate (A02); what cannot be signed is told as a fact. */
  readonly sign: (csr: string) => void;
  /** The last status that each connector told; key "evse" or "evse.connector". */
  readonly connectors: Map<string, string>;
}

/** Answers one action; the payload was checked against the schema. */
export type ActionHandler = (payload: Payload, desk: Desk) => object;
export type ActionTable = Readonly<Record<string, ActionHandler>>;

/** Judges by the station's record, read anew at each decision, because other processes change it. */
export function judgeAt(judge: Judge, ledger: Ledger, station: string): Desk["judge"] {
  const told: Told = {};
  return (token) => {
    const record = ledger.station(station);
    if (record === undefined) {
      throw new AppError("state.conflict", `${station} is no longer in the central system's records`, {
        hint: "Connect the station again: that writes it down.",
      });
    }
    return judge.judge(station, record, token, told);
  };
}

/** The answer to BootNotification, alike in both dialects. A station that is not approved asks again after the interval. */
export function bootAnswer(
  desk: Desk,
  version: OcppVersion,
  who: { vendor?: string | undefined; model?: string | undefined; serial?: string | undefined },
): object {
  const { vendor, model, serial } = who;
  desk.ledger.seen(desk.station, {
    ocpp: version,
    ...(vendor !== undefined && { vendor }),
    ...(model !== undefined && { model }),
    ...(serial !== undefined && { serial }),
  });
  const status: RegistrationStatus = desk.ledger.station(desk.station)?.approved ? "Accepted" : "Pending";
  return { currentTime: isoTime(desk.clock), interval: desk.heartbeatInterval, status };
}

const CONNECTORS_MAX = 1000;

/** Notes a connector's status; a station that names ever new connectors is not followed. */
export function noteConnector(desk: Desk, key: string, status: string | undefined): void {
  if (status === undefined) return;
  if (!desk.connectors.has(key) && desk.connectors.size >= CONNECTORS_MAX) return;
  desk.connectors.set(key, status);
}

export const heartbeat: ActionHandler = (_payload, desk) => ({ currentTime: isoTime(desk.clock) });
/** Nothing to say, nothing to keep: the message itself is what tests look at. */
export const acknowledge: ActionHandler = () => ({});
/** The demo central system knows no vendor's extensions. */
export const dataTransfer: ActionHandler = () => ({ status: "UnknownVendorId" });
/** Accepted when it looks like a request; whether it can be signed shows later (A02, error handling). */
export const signCertificate: ActionHandler = (payload, desk) => {
  const csr = text(payload, "csr") ?? "";
  const isForStation = text(payload, "certificateType") !== "V2GCertificate";
  if (!isForStation || !/^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(csr))
    return { status: "Rejected" };
  desk.sign(csr);
  return { status: "Accepted" };
};

/** A time of the station's made UTC; its own clock counts when it told nonsense. */
export function timeOf(payload: Payload, key: string, desk: Desk): string {
  const at = Date.parse(text(payload, key) ?? "");
  return Number.isNaN(at) ? isoTime(desk.clock) : new Date(at).toISOString();
}
