import type { AuthorizationStatus } from "../station/types.ts";
import {
  type ActionHandler,
  type ActionTable,
  acknowledge,
  bootAnswer,
  dataTransfer,
  heartbeat,
  noteConnector,
  signCertificate,
  timeOf,
} from "./desk.ts";
import type { Judgement } from "./judge.ts";
import { integer, present, text } from "./payload.ts";

/** 1.6 AuthorizationStatus knows five values; whoever is not known is Invalid. */
const STATUS_16: ReadonlySet<AuthorizationStatus> = new Set([
  "Accepted",
  "Blocked",
  "ConcurrentTx",
  "Expired",
  "Invalid",
]);

function idTagInfo(j: Pick<Judgement, "status" | "expiry">): object {
  const status = STATUS_16.has(j.status) ? j.status : "Invalid";
  return { status, ...(j.expiry !== undefined && { expiryDate: j.expiry }) };
}

const authorize: ActionHandler = (payload, desk) => ({
  idTagInfo: idTagInfo(desk.judge({ idToken: text(payload, "idTag") ?? "" })),
});

/** Always gives a transaction id, also to a token that may not charge (1.6 §4.8): the station decides what to do. */
const startTransaction: ActionHandler = (payload, desk) => {
  const idToken = text(payload, "idTag") ?? "";
  const connector = integer(payload, "connectorId");
  const start = {
    station: desk.station,
    idToken,
    startTime: timeOf(payload, "timestamp", desk),
    ...present({ connector, meterStart: integer(payload, "meterStart") }),
  };
  const before = desk.charges.resent(start);
  if (before !== undefined) {
    return { transactionId: before.id, idTagInfo: idTagInfo({ status: before.status ?? "Invalid" }) };
  }
  const judgement = desk.judge({ idToken, starting: present({ connector }), tell: "ifNew" });
  const { status, free } = judgement;
  return {
    transactionId: desk.charges.start({ ...start, status, free }),
    idTagInfo: idTagInfo(judgement),
  };
};

/** Acknowledges any id: -1 stands for a start that was never answered (1.6 errata 3.18). */
const stopTransaction: ActionHandler = (payload, desk) => {
  const id = integer(payload, "transactionId");
  if (id !== undefined) {
    desk.charges.end(desk.station, id, {
      stopTime: timeOf(payload, "timestamp", desk),
      reason: text(payload, "reason") ?? "Local",
      ...present({ meterStop: integer(payload, "meterStop") }),
    });
  }
  const idToken = text(payload, "idTag");
  return idToken === undefined ? {} : { idTagInfo: idTagInfo(desk.judge({ idToken, tell: "never" })) };
};

const statusNotification: ActionHandler = (payload, desk) => {
  noteConnector(desk, String(integer(payload, "connectorId") ?? 0), text(payload, "status"));
  return {};
};

/** Every action that a 1.6 station starts, with those of the security white paper. */
export const ACTIONS_16: ActionTable = {
  Authorize: authorize,
  BootNotification: (payload, desk) =>
    bootAnswer(desk, "1.6", {
      vendor: text(payload, "chargePointVendor"),
      model: text(payload, "chargePointModel"),
      serial: text(payload, "chargePointSerialNumber"),
    }),
  DataTransfer: dataTransfer,
  DiagnosticsStatusNotification: acknowledge,
  FirmwareStatusNotification: acknowledge,
  Heartbeat: heartbeat,
  LogStatusNotification: acknowledge,
  MeterValues: acknowledge,
  SecurityEventNotification: acknowledge,
  SignCertificate: signCertificate,
  SignedFirmwareStatusNotification: acknowledge,
  StartTransaction: startTransaction,
  StatusNotification: statusNotification,
  StopTransaction: stopTransaction,
};
