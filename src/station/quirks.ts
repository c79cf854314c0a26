import type { Csms, CsmsAnswer, CsmsRequestName, CsmsRequests, StationCommands } from "./ports.ts";
import type { MeterValue } from "./types.ts";

/** One of the domain's requests with what it carries. */
type Saying = {
  [K in CsmsRequestName]: { readonly kind: K; readonly payload: CsmsRequests[K]["in"] };
}[CsmsRequestName];

/** What a quirk may know of its station. */
interface Around {
  /** Does a transaction run? */
  readonly busy: () => boolean;
  /** The status that was told last, by EVSE. */
  readonly told: Map<number, string>;
}

interface Quirk {
  /** For people who write a model. */
  readonly help: string;
  /** What is said instead: nothing, the same otherwise, or more. */
  readonly says?: (saying: Saying, around: Around) => readonly Saying[];
  /** Which commands are answered otherwise. */
  readonly obeys?: (commands: StationCommands) => StationCommands;
}

/** What real stations do otherwise than the specification wants or than most do. The list is closed: a quirk is a row. */
const table = {
  authorizeLowerCase: {
    help: "Authorize has the idTag in lower case, StartTransaction as it was read.",
    says: (s) => (s.kind === "authorize" ? [{ ...s, payload: { idToken: lower(s.payload.idToken) } }] : [s]),
  },
  statusTwice: {
    help: "Every StatusNotification is sent twice.",
    says: (s) => (s.kind === "status" ? [s, s] : [s]),
  },
  suspendedEVFirst: {
    help: "Between Preparing and Charging it tells SuspendedEV: the car has not begun yet.",
    says: (s, { told }) => {
      if (s.kind !== "status" || s.payload.chargePointStatus !== "Charging") return [s];
      if (told.get(s.payload.evseId) !== "Preparing") return [s];
      return [{ ...s, payload: { ...s.payload, chargePointStatus: "SuspendedEV" } }, s];
    },
  },
  noHeartbeatWhileCharging: {
    help: "No Heartbeat while a transaction runs: its MeterValues say enough (1.6 section 4.6 allows it).",
    says: (s, { busy }) => (s.kind === "heartbeat" && busy() ? [] : [s]),
  },
  meterValuesWithoutTransaction: {
    help: "MeterValues of a transaction do not name it.",
    says: (s) => {
      if (s.kind !== "transaction" || !s.payload.triggerReason.startsWith("MeterValue")) return [s];
      const { evseId, meterValue } = s.payload;
      return [{ kind: "meterValues", payload: { evseId, meterValue } }];
    },
  },
  noTransactionData: {
    help: "StopTransaction has no transactionData, whatever StopTxnSampledData says.",
    says: (s) => (isEnd(s) ? [{ ...s, payload: { ...s.payload, meterValue: [] } }] : [s]),
  },
  stopWithoutIdTag: {
    help: "StopTransaction does not tell the card that stopped.",
    says: (s) => {
      if (!isEnd(s)) return [s];
      const { idToken: _, ...payload } = s.payload;
      return [{ ...s, payload }];
    },
  },
  energyInKWh: {
    help: "Energy in MeterValues is in kWh, in StartTransaction and StopTransaction in Wh as ever.",
    says: (s) => [mapMeterValues(s, (m) => ({ ...m, sampledValue: m.sampledValue.map(inKWh) }))],
  },
  timestampsInSeconds: {
    help: "Timestamps have no fraction of a second.",
    says: (s) => {
      const values = mapMeterValues(s, (m) => ({ ...m, timestamp: seconds(m.timestamp) }));
      if (values.kind !== "status" && values.kind !== "transaction") return [values];
      const timestamp = seconds(values.payload.timestamp);
      return [{ ...values, payload: { ...values.payload, timestamp } } as Saying];
    },
  },
  hexIdTagsOnly: {
    help: "RemoteStartTransaction with an idTag that is not hex is Rejected.",
    obeys: (commands) => ({
      ...commands,
      remoteStart: (c) =>
        /^[0-9A-F]+$/i.test(c.idToken.idToken) ? commands.remoteStart(c) : { status: "Rejected" },
    }),
  },
  /** In the EVSE itself: it is no matter of messages. */
  finishingUntilUnplugged: {
    help: "After a transaction the cable must be pulled before the next one may start.",
  },
} as const satisfies Record<string, Quirk>;

export type QuirkName = keyof typeof table;

export const quirkNames = Object.keys(table) as readonly QuirkName[];

/** What each quirk is, in a line. */
export const quirkHelp = (name: QuirkName): string => table[name].help;

/** The vendor's own error codes beside OCPP's (1.6 §6.47 vendorId, vendorErrorCode). */
export interface VendorErrors {
  readonly vendorId?: string;
  /** By OCPP's error code, `NoError` among them. */
  readonly codes: Readonly<Record<string, string>>;
}

/** How a model talks otherwise than the house. */
export interface Manners {
  readonly quirks?: readonly QuirkName[];
  readonly vendorErrors?: VendorErrors;
}

/** The central system as a station with these manners sees it; `busy`: does a transaction run? */
export function withManners(csms: Csms, manners: Manners, busy: () => boolean): Csms {
  const { quirks = [], vendorErrors } = manners;
  if (quirks.length === 0 && vendorErrors === undefined) return csms;
  const rows = quirks.map((name): Quirk => table[name]);
  const around: Around = { busy, told: new Map() };
  const said = (saying: Saying): readonly Saying[] => {
    let all: readonly Saying[] = [
      vendorErrors === undefined ? saying : withVendorError(saying, vendorErrors),
    ];
    for (const { says } of rows) if (says !== undefined) all = all.flatMap((s) => says(s, around));
    return all;
  };
  return {
    request: async (kind, payload, onSent) => {
      const all = said({ kind, payload } as Saying);
      for (const s of all)
        if (s.kind === "status") around.told.set(s.payload.evseId, s.payload.chargePointStatus);
      // In order and at once: the connection sends them one after the other.
      const answers = all.map((s, i) => csms.request(s.kind, s.payload, i === 0 ? onSent : undefined));
      return ((await answers.at(-1)) ?? unsaid) as never;
    },
    forget: (transactionId) => csms.forget(transactionId),
    open: (on) => {
      const commands = rows.reduce((c, { obeys }) => obeys?.(c) ?? c, on.commands);
      csms.open({
        commands,
        link: (e) => on.link(e),
        isRejected: () => on.isRejected(),
        invalid: (problem) => on.invalid?.(problem),
      });
    },
    reconnect: () => csms.reconnect(),
    close: () => csms.close(),
  };
}

const unsaid: CsmsAnswer<never> = {
  ok: false,
  failure: "unsupported",
  detail: "This model does not say it",
};

function isEnd(s: Saying): s is Extract<Saying, { kind: "transaction" }> {
  return s.kind === "transaction" && s.payload.eventType === "Ended";
}

function mapMeterValues(s: Saying, map: (m: MeterValue) => MeterValue): Saying {
  if (s.kind !== "transaction" && s.kind !== "meterValues") return s;
  return { ...s, payload: { ...s.payload, meterValue: s.payload.meterValue.map(map) } } as Saying;
}

function inKWh(v: MeterValue["sampledValue"][number]): MeterValue["sampledValue"][number] {
  return v.unit === "Wh" ? { ...v, unit: "kWh", value: v.value / 1000 } : v;
}

const seconds = (timestamp: string): string => timestamp.replace(/\.\d+/, "");

const lower = <T extends { readonly idToken: string }>(token: T): T => ({
  ...token,
  idToken: token.idToken.toLowerCase(),
});

function withVendorError(s: Saying, { vendorId, codes }: VendorErrors): Saying {
  if (s.kind !== "status") return s;
  const vendorErrorCode = codes[s.payload.errorCode];
  if (vendorErrorCode === undefined) return s;
  const vendor = vendorId === undefined ? {} : { vendorId };
  return { ...s, payload: { ...s.payload, vendorErrorCode, ...vendor } };
}
