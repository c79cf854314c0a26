import type { ConnectedStation } from "../../central/index.ts";
import { energyText, powerText } from "../../journal/lines/render.ts";
import type { EvseStatus, StationStatus } from "../../station/control.ts";
import { some } from "../../util/text.ts";
import { type Colors, clean } from "../io.ts";

const SEPARATOR = " · ";

/** The one line below the log: who, how it is connected, what each connector does. */
export function statusLine(s: StationStatus, c: Colors): string {
  const real = s.readers.filter((r) => r.name !== "virtual");
  const reader = (real.length > 0 ? real : s.readers)
    .map((r) => (r.ready ? clean(r.name) : c.red(`${clean(r.name)} lost`)))
    .join(", ");
  return [
    c.bold(clean(s.id)),
    linkText(s, c),
    ...s.evses.map((e) => `${e.evseId} ${evseText(e, s, c)}`),
    s.queued > 0 ? c.yellow(`${s.queued} waiting`) : "",
    reader === "" ? "no reader" : reader,
    c.dim("? keys"),
  ]
    .filter((part) => part !== "")
    .join(c.dim(SEPARATOR));
}

function linkText(s: StationStatus, c: Colors): string {
  if (!s.powered) return c.red("no power");
  // Until a version is negotiated there is none to show.
  const version = /^\d/.test(s.ocpp) ? `OCPP ${clean(s.ocpp)}` : undefined;
  if (!s.online) return some(version, c.red("offline"));
  return some(
    version,
    s.registration === "Accepted" ? c.green("online") : c.yellow(`boot ${s.registration}`),
  );
}

function evseText(e: EvseStatus, s: StationStatus, c: Colors): string {
  if (!s.powered) return c.dim("–");
  const paint = e.fault !== undefined ? c.red : e.transaction === undefined ? c.cyan : c.green;
  const energy = e.transaction === undefined ? undefined : energyText(e.transaction.energyWh);
  return some(
    paint(s.ocpp === "2.0.1" ? e.status : e.chargePointStatus),
    energy,
    e.powerW > 0 ? powerText(e.powerW) : undefined,
  );
}

/** The whole status in lines, for the verb `status`. */
export function statusLines(s: StationStatus, c: Colors): string[] {
  const readers = s.readers.map((r) =>
    some(clean(r.name), r.ready ? "ready" : "lost", r.detail && `(${clean(r.detail)})`),
  );
  return [
    `${c.bold(clean(s.id))} ${clean(s.model)}, ${linkText(s, c)}, registration ${s.registration}`,
    `  central system  ${clean(s.csms)}`,
    `  readers         ${readers.length === 0 ? "none" : readers.join(", ")}`,
    `  queue           ${s.queued} transaction ${s.queued === 1 ? "message" : "messages"} waiting`,
    ...s.evses.map((e) => `  EVSE ${`${e.evseId}`.padEnd(11)}${evseDetail(e, s, c)}`),
  ];
}

function evseDetail(e: EvseStatus, s: StationStatus, c: Colors): string {
  const t = e.transaction;
  const transaction =
    t === undefined
      ? undefined
      : `transaction ${clean(t.transactionId)} of ${clean(t.idToken ?? "nobody")}: ${t.chargingState}, ${energyText(t.energyWh)}`;
  return [
    evseText(e, s, c),
    e.plugged ? "plugged" : "not plugged",
    e.lock === undefined ? undefined : `lock ${e.lock}`,
    e.jammed === true ? c.red("lock jammed") : undefined,
    e.operative ? undefined : "out of service",
    e.fault === undefined ? undefined : c.red(e.fault),
    `meter ${energyText(e.meterWh)}`,
    transaction,
  ]
    .filter((part) => part !== undefined)
    .join(", ");
}

/** The one line below the log of a central system: who is connected. */
export function centralLine(stations: readonly ConnectedStation[], c: Colors): string {
  const ids = stations.map(({ id }) => c.bold(clean(id)));
  const who = ids.length === 0 ? c.dim("no station is connected") : ids.join(", ");
  return [who, c.dim("c command"), c.dim("? keys")].join(c.dim(SEPARATOR));
}

/** The stations at a central system, a line each. */
export function stationsLines(stations: readonly ConnectedStation[], c: Colors): string[] {
  if (stations.length === 0) return ["No station is connected."];
  return stations.map(({ id, version, registration = "no BootNotification yet", connectors }) => {
    const states = Object.entries(connectors).map(
      ([connector, status]) => `${clean(connector)} ${clean(status)}`,
    );
    return [c.bold(clean(id)), `OCPP ${version}`, registration, ...states].join(SEPARATOR);
  });
}
