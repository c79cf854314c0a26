import { expect, it } from "vitest";
import type { Dialect, Exchange } from "../../src/ocpp/dialect.ts";
import { Refusal } from "../../src/ocpp/dialect.ts";
import type { OcppVersion } from "../../src/ocpp/rpc/types.ts";
import { payloadCheck } from "../../src/ocpp/schemas.ts";
import { loadDialects } from "../../src/ocpp/versions.ts";
import type { CsmsRequestName, CsmsRequests, StationCommands, ValueStore } from "../../src/station/ports.ts";
import type { MeterValue, TransactionEvent } from "../../src/station/types.ts";

/** Values in a map, through JSON as the durable ones. */
export function mapValues(): ValueStore {
  const map = new Map<string, string>();
  return {
    get: (name) => {
      const text = map.get(name);
      return text === undefined ? undefined : JSON.parse(text);
    },
    set: (name, value) => void map.set(name, JSON.stringify(value)),
    delete: (name) => void map.delete(name),
    names: (prefix) => [...map.keys()].filter((name) => name.startsWith(prefix)),
  };
}

export type Settings = Record<string, { value?: string; readOnly: boolean }>;

/** A station that says yes to everything, tells what it was asked, and can be told to answer otherwise. */
export function obligingStation(answers: Partial<StationCommands> = {}, settings: Settings = {}) {
  const asked: [keyof StationCommands, ...unknown[]][] = [];
  const base: StationCommands = {
    remoteStart: () => ({ status: "Accepted" }),
    remoteStop: () => ({ status: "Accepted" }),
    reset: () => ({ status: "Accepted" }),
    reserve: () => ({ status: "Accepted" }),
    cancelReservation: () => ({ status: "Accepted" }),
    unlock: () => ({ status: "Unlocked" }),
    changeAvailability: () => ({ status: "Accepted" }),
    clearCache: () => ({ status: "Accepted" }),
    updateList: () => ({ status: "Accepted" }),
    listVersion: () => ({ version: 7, size: 2, enabled: true }),
    trigger: () => ({ status: "Accepted" }),
    setSetting: () => ({ status: "Accepted" }),
    getSetting: (name) => {
      const known = Object.keys(settings).find((n) => n.toLowerCase() === name.toLowerCase());
      const setting = known === undefined ? undefined : settings[known];
      return known === undefined || setting === undefined ? undefined : { name: known, ...setting };
    },
    settingNames: () => Object.keys(settings),
    dataTransfer: () => ({ status: "Accepted" }),
    baseReport: () => ({ status: "Accepted" }),
    transactionStatus: () => ({ messagesInQueue: false }),
    setChargingProfile: () => ({ status: "Accepted" }),
    clearChargingProfile: () => ({ status: "Accepted" }),
    updateFirmware: () => Promise.resolve({ status: "Accepted" as const }),
    getLog: () => ({ status: "Accepted", fileName: "log.jsonl" }),
    compositeSchedule: () => undefined,
    installCertificate: async () => ({ status: "Accepted" }),
    deleteCertificate: () => ({ status: "Accepted" }),
    installedCertificates: () => [],
    certificateSigned: async () => ({ status: "Accepted" }),
  };
  const all = { ...base, ...answers };
  const told = Object.fromEntries(
    Object.entries(all).map(([name, answer]) => [
      name,
      (...args: never[]) => {
        asked.push([name as keyof StationCommands, ...args]);
        return (answer as (...a: never[]) => unknown)(...args);
      },
    ]),
  ) as unknown as StationCommands;
  return { commands: told, asked };
}

/** What was asked apart from the looking up of settings and versions. */
export function deeds(asked: readonly (readonly unknown[])[]) {
  const looks = new Set<unknown>(["getSetting", "settingNames", "listVersion"]);
  return asked.filter(([name]) => !looks.has(name));
}

export async function dialectOf(version: OcppVersion): Promise<Dialect> {
  const [dialect] = await loadDialects([version]);
  if (dialect === undefined) throw new Error(`no dialect ${version}`);
  return dialect;
}

/** Says a request in a dialect; what goes on the wire must fit the official schema. */
export function say<K extends CsmsRequestName>(
  dialect: Dialect,
  kind: K,
  request: CsmsRequests[K]["in"],
  values: ValueStore = mapValues(),
): Exchange<CsmsRequests[K]["out"]> {
  const handler = dialect.outgoing[kind];
  if (handler === undefined) throw new Error(`${dialect.version} has no ${kind}`);
  const exchange = handler(request, { values });
  if ("action" in exchange) {
    const wire = JSON.parse(JSON.stringify(exchange.payload));
    expect(payloadCheck(dialect.version)(exchange.action, "request", wire)).toBeUndefined();
  }
  return exchange;
}

/** Decodes an answer, which must itself fit the official schema. */
export function hear<T>(dialect: Dialect, exchange: Exchange<T>, response: object): T {
  if (!("action" in exchange)) throw new Error("nothing was said");
  expect(payloadCheck(dialect.version)(exchange.action, "response", response)).toBeUndefined();
  exchange.keep?.(response as never);
  return exchange.decode(response as never);
}

/** {@link ask} of an action that is answered later. */
export async function askLater(...args: Parameters<typeof asked>): Promise<object> {
  return answered(args[0], args[1], await asked(...args));
}

/** Asks the station as a central system would; request and answer must fit the official schemas. */
export function ask(...args: Parameters<typeof asked>): object {
  const answer = asked(...args);
  if (answer instanceof Promise) throw new Error(`${args[1]} is answered later: use askLater`);
  return answered(args[0], args[1], answer);
}

function asked(
  dialect: Dialect,
  action: string,
  request: object,
  commands: StationCommands,
  values: ValueStore = mapValues(),
): object {
  expect(payloadCheck(dialect.version)(action, "request", request)).toBeUndefined();
  const answer = dialect.inbound[action]?.(request as never, commands, { values });
  if (answer === undefined) throw new Error(`${dialect.version} has no ${action}`);
  return answer;
}

function answered(dialect: Dialect, action: string, answer: object): object {
  if (!(answer instanceof Refusal))
    expect(payloadCheck(dialect.version)(action, "response", answer)).toBeUndefined();
  return answer;
}

export const at = "2030-01-01T10:00:00.000Z";

export const meter: MeterValue = {
  timestamp: at,
  sampledValue: [
    { value: 1234.5, measurand: "Energy.Active.Import.Register", unit: "Wh", context: "Sample.Periodic" },
    {
      value: 16,
      measurand: "Current.Import",
      unit: "A",
      context: "Sample.Periodic",
      phase: "L1",
      location: "Outlet",
    },
    { value: 31.1, measurand: "Temperature", unit: "Celsius", context: "Sample.Periodic" },
    { value: 50.01, measurand: "Frequency", unit: "Hertz", context: "Sample.Periodic" },
    { value: Number.NaN, measurand: "Voltage", unit: "V", context: "Sample.Periodic" },
    { value: 1, measurand: "Phase.Of.The.Moon", unit: "Percent", context: "Other" },
    { value: 230, measurand: "Voltage", unit: "V", context: "Trigger", phase: "L9", location: "Roof" },
  ],
};

export const started: TransactionEvent = {
  eventType: "Started",
  timestamp: at,
  triggerReason: "Authorized",
  seqNo: 0,
  transactionId: "tx-1",
  evseId: 2,
  connectorId: 1,
  chargingState: "EVConnected",
  idToken: { idToken: "04A2241BC85E80", type: "ISO14443" },
  offline: false,
  meterWh: 1000.4,
  meterValue: [],
};

export function withoutToken({ idToken: _, ...event }: TransactionEvent): TransactionEvent {
  return event;
}

/** name · request · what goes out · what comes back · what the domain hears */
export type Row = {
  [K in CsmsRequestName]: [string, K, CsmsRequests[K]["in"], string, object, object, CsmsRequests[K]["out"]];
}[CsmsRequestName];

/** Says every row's request, and hears its answer, against the official schemas. */
export function itSays(dialect: Dialect, rows: Row[]): void {
  it.each(rows)("%s", (_, kind, request, action, payload, response, heard) => {
    const exchange = say(dialect, kind, request as never);
    expect(exchange).toMatchObject({ action, payload });
    expect("payload" in exchange && exchange.payload).toEqual(payload);
    expect(hear(dialect, exchange, response)).toEqual(heard);
  });
}
