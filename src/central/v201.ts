import type { AuthorizationStatus } from "../station/types.ts";
import type { ChargeRecord } from "./charges.ts";
import {
  type ActionHandler,
  type ActionTable,
  acknowledge,
  bootAnswer,
  type Desk,
  dataTransfer,
  heartbeat,
  noteConnector,
  signCertificate,
  timeOf,
} from "./desk.ts";
import type { Judgement } from "./judge.ts";
import { integer, type Payload, part, parts, present, text } from "./payload.ts";

function idTokenInfo(j: { readonly status: AuthorizationStatus; readonly expiry?: string }): object {
  return { status: j.status, ...(j.expiry !== undefined && { cacheExpiryDateTime: j.expiry }) };
}

/** The token of a request; a PIN is judged like any other token, but neither told nor written down. */
function tokenOf(payload: Payload): { readonly idToken: string; readonly secret: boolean } | undefined {
  const token = part(payload, "idToken");
  const idToken = text(token, "idToken");
  return idToken === undefined ? undefined : { idToken, secret: text(token, "type") === "KeyCode" };
}

function recordable(payload: Payload): string | undefined {
  const token = tokenOf(payload);
  return token?.secret ? undefined : token?.idToken;
}

const authorize: ActionHandler = (payload, desk) => ({
  idTokenInfo: idTokenInfo(desk.judge(tokenOf(payload) ?? { idToken: "" })),
});

/** Register of the last meter value that tells one, whole Wh. A missing measurand means just this register. */
function registerWh(payload: Payload): number | undefined {
  const samples = parts(payload, "meterValue").flatMap((m) => parts(m, "sampledValue"));
  for (const sample of samples.toReversed()) {
    const measurand = text(sample, "measurand") ?? "Energy.Active.Import.Register";
    if (measurand !== "Energy.Active.Import.Register" || text(sample, "phase") !== undefined) continue;
    const unit = part(sample, "unitOfMeasure");
    const factor = (text(unit, "unit") === "kWh" ? 1000 : 1) * 10 ** (integer(unit, "multiplier") ?? 0);
    const wh = Math.round(Number(sample.value) * factor);
    if (Number.isSafeInteger(wh)) return wh;
  }
  return undefined;
}

/** Writes a transaction down when its first event arrives, which is not always the Started one: it may be lost. */
function begin(
  payload: Payload,
  desk: Desk,
  transactionId: string,
  judgement: Judgement | undefined,
): number {
  return desk.charges.start({
    station: desk.station,
    stationTransactionId: transactionId,
    startTime: timeOf(payload, "timestamp", desk),
    ...present({
      connector: integer(part(payload, "evse"), "id"),
      idToken: recordable(payload),
      status: judgement?.status,
      free: judgement?.free,
      meterStart: registerWh(payload),
    }),
  });
}

const isStop = (payload: Payload): boolean =>
  text(payload, "eventType") === "Ended" || text(payload, "triggerReason") === "StopAuthorized";

/** ConcurrentTx is for Started only; an event that comes again is not judged again, its token was answered. */
function judgeEvent(payload: Payload, desk: Desk, before: ChargeRecord | undefined): Judgement | undefined {
  const token = tokenOf(payload);
  if (token === undefined) return undefined;
  if (text(payload, "eventType") !== "Started") {
    return desk.judge({ ...token, tell: isStop(payload) ? "never" : "ifNew" });
  }
  if (before?.status !== undefined) return { status: before.status, free: false };
  return desk.judge({
    ...token,
    tell: "ifNew",
    starting: present({ connector: integer(part(payload, "evse"), "id") }),
  });
}

const transactionEvent: ActionHandler = (payload, desk) => {
  const info = part(payload, "transactionInfo");
  const transactionId = text(info, "transactionId") ?? "";
  const before = desk.charges.byStationId(desk.station, transactionId);
  const judgement = judgeEvent(payload, desk, before);
  const id = before?.id ?? begin(payload, desk, transactionId, judgement);
  desk.charges.learn(
    id,
    present({
      connector: integer(part(payload, "evse"), "id"),
      idToken: recordable(payload),
      status: judgement?.status,
      free: judgement?.free,
    }),
  );
  if (text(payload, "eventType") === "Ended") {
    desk.charges.end(desk.station, id, {
      stopTime: timeOf(payload, "timestamp", desk),
      reason: text(info, "stoppedReason") ?? "Local",
      ...present({ meterStop: registerWh(payload) }),
    });
  }
  return judgement === undefined ? {} : { idTokenInfo: idTokenInfo(judgement) };
};

const statusNotification: ActionHandler = (payload, desk) => {
  const key = `${integer(payload, "evseId") ?? 0}.${integer(payload, "connectorId") ?? 0}`;
  noteConnector(desk, key, text(payload, "connectorStatus"));
  return {};
};

/** Every action that a 2.0.1 station starts. What this central system has no service for is declined validly. */
export const ACTIONS_201: ActionTable = {
  Authorize: authorize,
  BootNotification: (payload, desk) => {
    const station = part(payload, "chargingStation");
    return bootAnswer(desk, "2.0.1", {
      vendor: text(station, "vendorName"),
      model: text(station, "model"),
      serial: text(station, "serialNumber"),
    });
  },
  ClearedChargingLimit: acknowledge,
  DataTransfer: dataTransfer,
  FirmwareStatusNotification: acknowledge,
  Get15118EVCertificate: () => ({ status: "Failed", exiResponse: "" }),
  GetCertificateStatus: () => ({ status: "Failed" }),
  Heartbeat: heartbeat,
  LogStatusNotification: acknowledge,
  MeterValues: acknowledge,
  NotifyChargingLimit: acknowledge,
  NotifyCustomerInformation: acknowledge,
  NotifyDisplayMessages: acknowledge,
  NotifyEVChargingNeeds: () => ({ status: "Rejected" }),
  NotifyEVChargingSchedule: () => ({ status: "Accepted" }),
  NotifyEvent: acknowledge,
  NotifyMonitoringReport: acknowledge,
  NotifyReport: acknowledge,
  PublishFirmwareStatusNotification: acknowledge,
  ReportChargingProfiles: acknowledge,
  ReservationStatusUpdate: acknowledge,
  SecurityEventNotification: acknowledge,
  SignCertificate: signCertificate,
  StatusNotification: statusNotification,
  TransactionEvent: transactionEvent,
};
