import type { Fact, FrameFact } from "../../station/facts.ts";
import { isRecord } from "../../util/record.ts";
import { escaped } from "./escape.ts";

/** What an `expect` step says. */
export type Expected = Readonly<Record<string, unknown>>;

/** What is known of the whole session. */
export interface Context {
  /** Which version was negotiated. */
  readonly ocpp: string;
  /** Its id. */
  readonly station: string;
  /** Transactions that a later command names, and how the scenario calls them. */
  readonly transactions: ReadonlyMap<string, string>;
  /** The status that was told last, by EVSE. */
  readonly statuses: Map<number, string>;
  /** The message that the central system asked for. */
  readonly triggered?: string;
}

/** Messages that come by themselves all the time, and those that another expectation tells. */
const UNTOLD = new Set(["Heartbeat", "MeterValues", "StatusNotification"]);
/** Their file servers and certificates are not there when the scenario runs. */
export const UNREPEATABLE = new Set([
  "UpdateFirmware",
  "SignedUpdateFirmware",
  "GetDiagnostics",
  "GetLog",
  "CertificateSigned",
  "PublishFirmware",
]);
const OF_UNREPEATABLE = new Set([
  "FirmwareStatusNotification",
  "SignedFirmwareStatusNotification",
  "DiagnosticsStatusNotification",
  "LogStatusNotification",
  "SignCertificate",
  "PublishFirmwareStatusNotification",
]);

/**
 * What may be expected again of facts that followed one another: what a person hears and sees, who decided, what the
 * connector and the transaction became, and messages by the members that are the same in every run.
 */
export function expectedOf(facts: readonly Fact[], context: Context): Expected[] {
  const found: Expected[] = [];
  const told = new Set<string>();
  for (const fact of facts) {
    if (fact.source !== "station") continue;
    for (const one of ofFact(fact, context)) {
      const key = JSON.stringify(one);
      if (!told.has(key)) found.push(one);
      told.add(key);
    }
  }
  return found;
}

function ofFact(fact: Fact, context: Context): Expected[] {
  switch (fact.kind) {
    case "signal":
      // What is read is decided upon, and that is told.
      return fact.signal === "ready" || fact.signal === "read" ? [] : [{ signal: fact.signal }];
    case "verdict":
      return [
        {
          verdict: fact.outcome,
          by: fact.by,
          ...(fact.status === "Accepted" ? {} : { because: fact.status }),
        },
      ];
    case "connector":
      return connector(fact, context);
    case "transaction":
      return transaction(fact, context);
    case "frame":
      return message(fact, context);
    case "link":
      return fact.state === "connected" || fact.state === "disconnected"
        ? [{ fact: "link", with: { state: fact.state } }]
        : [];
    case "reservation":
      return [{ fact: "reservation", with: { event: fact.event, reservationId: fact.reservationId } }];
    case "whitelist":
      return fact.what === "list" || fact.event === "cleared"
        ? [{ fact: "whitelist", with: { what: fact.what, event: fact.event } }]
        : [];
    case "authorization":
      return [{ fact: "authorization", with: { event: fact.event } }];
    case "charging":
      return fact.event === "limited" ? [] : [{ fact: "charging", with: { event: fact.event } }];
    case "lock":
      if (fact.event === "locked" || fact.event === "unlocked") return [];
      return [{ fact: "lock", with: { evseId: fact.evseId, event: fact.event } }];
    case "dataTransfer":
      return [
        {
          fact: "dataTransfer",
          with: { direction: fact.direction, vendorId: escaped(fact.vendorId), status: fact.status },
        },
      ];
    default:
      return [];
  }
}

function connector(fact: Fact & { readonly kind: "connector" }, { ocpp, statuses }: Context): Expected[] {
  const { evseId } = fact;
  const status = ocpp === "1.6" ? fact.chargePointStatus : fact.status;
  if (evseId === 0 || statuses.get(evseId) === status) return [];
  statuses.set(evseId, status);
  return [evseId === 1 ? { status } : { status, evse: evseId }];
}

function transaction(
  { event, transactionId, reason, offline }: Fact & { readonly kind: "transaction" },
  { transactions }: Context,
): Expected[] {
  if (event !== "started" && event !== "ended") return [];
  const members = {
    ...(reason === undefined ? {} : { reason }),
    ...(offline === true ? { offline } : {}),
  };
  const name = event === "started" ? transactions.get(transactionId) : undefined;
  return [
    {
      transaction: event,
      ...(Object.keys(members).length === 0 ? {} : { with: members }),
      ...(name === undefined ? {} : { capture: { [name]: "transactionId" } }),
    },
  ];
}

function message(fact: FrameFact, { transactions, triggered }: Context): Expected[] {
  const { action, payload, messageType, direction } = fact;
  if (action === undefined || fact.injected === true) return [];
  const members = isRecord(payload) ? payload : {};
  if (messageType === "CALLRESULT" && direction === "in" && action === "StartTransaction") {
    const name = transactions.get(String(members.transactionId));
    return name === undefined ? [] : [{ answer: action, capture: { [name]: "transactionId" } }];
  }
  if (messageType !== "CALL" || direction !== "out") return [];
  if (action === triggered) return [{ message: action }];
  if (UNTOLD.has(action) || OF_UNREPEATABLE.has(action) || members.eventType === "Updated") return [];
  const stable = STABLE[action]?.(members) ?? {};
  const given = Object.entries(stable).filter(([, value]) => value !== undefined);
  if (given.length === 0) return [{ message: action }];
  return [{ message: action, with: Object.fromEntries(given.map(([k, v]) => [k, escaped(v)])) }];
}

type Members = Readonly<Record<string, unknown>>;

/** Members that are the same in every run. */
const STABLE: Readonly<Record<string, (m: Members) => Members>> = {
  BootNotification: ({ reason }) => ({ reason }),
  Authorize: ({ idTag, idToken }) => ({ idTag, idToken: tokenOf(idToken) }),
  StartTransaction: ({ idTag, connectorId, reservationId }) => ({ connectorId, idTag, reservationId }),
  StopTransaction: ({ idTag, reason }) => ({ idTag, reason }),
  TransactionEvent: ({ eventType, offline, reservationId }) => ({ eventType, offline, reservationId }),
  DataTransfer: ({ vendorId, messageId }) => ({ vendorId, messageId }),
  SecurityEventNotification: ({ type }) => ({ type }),
  ReservationStatusUpdate: ({ reservationId, reservationUpdateStatus }) => ({
    reservationId,
    reservationUpdateStatus,
  }),
};

const tokenOf = (value: unknown): unknown =>
  isRecord(value) && value.idToken !== undefined ? { idToken: value.idToken } : undefined;
