import { tokenKey } from "../station/card.ts";
import type { ListUpdate, StationCommands } from "../station/ports.ts";
import type { MeterValue, SampledValue, SignedReading } from "../station/types.ts";
import { AppError } from "../util/errors.ts";

/* What the dialects share about putting values on the wire. */

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without the members that are undefined: OCPP has no null, and absent means absent. */
export function defined<T extends object>(members: T): Defined<T> {
  const present: Record<string, unknown> = {};
  for (const key in members) if (members[key] !== undefined) present[key] = members[key];
  return present as Defined<T>;
}

/** A descriptive text, cut to what the schema allows (characters). Never for ids: a cut id is another id. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : Array.from(text).slice(0, max).join("");
}

/** An optional id: left out when it is empty or does not fit. */
export function idIfFits(text: string | undefined, max: number): string | undefined {
  return text !== undefined && text.length > 0 && text.length <= max ? text : undefined;
}

/** @throws AppError `input.invalid` when an id that must be sent does not fit. */
export function idThatFits(what: string, text: string | undefined, max: number): string {
  const id = idIfFits(text, max);
  if (id !== undefined) return id;
  const wrong = text ? `"${text}" has ${text.length} characters, ${max} are allowed` : "is missing";
  throw new AppError("input.invalid", `This OCPP version cannot send the message: ${what} ${wrong}`, {
    hint: `Use a ${what} of 1 to ${max} characters, or another OCPP version.`,
  });
}

const phases = ["L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"] as const;
const locations = ["Body", "Cable", "EV", "Inlet", "Outlet"] as const;

export type Phase = (typeof phases)[number];
export type Location = (typeof locations)[number];

/** `text` when it is one of `known`: enumerations of the schemas are closed. */
export function oneOf<T extends string>(known: readonly T[], text: string | undefined): T | undefined {
  return known.includes(text as T) ? (text as T) : undefined;
}

/** A sampled value as both versions can say it. */
export interface WireSample<Measurand extends string> {
  readonly value: number;
  readonly measurand: Measurand;
  readonly context: SampledValue["context"];
  readonly unit: SampledValue["unit"];
  readonly phase?: Phase;
  readonly location?: Location;
  readonly signed?: SignedReading;
}

/**
 * The meter values with what the version's schema knows: other measurands and values that are no numbers are left
 * out, and so are meter values of which nothing remains. Values are rounded to three decimals.
 */
export function wireSamples<M extends string>(
  meterValues: readonly MeterValue[],
  measurands: readonly M[],
): { timestamp: string; samples: WireSample<M>[] }[] {
  return meterValues
    .map(({ timestamp, sampledValue }) => ({
      timestamp,
      samples: sampledValue.map((s) => wireSample(s, measurands)).filter((s) => s !== undefined),
    }))
    .filter(({ samples }) => samples.length > 0);
}

function wireSample<M extends string>(s: SampledValue, measurands: readonly M[]): WireSample<M> | undefined {
  const measurand = oneOf(measurands, s.measurand);
  if (measurand === undefined || !Number.isFinite(s.value)) return undefined;
  return {
    value: Number(s.value.toFixed(3)),
    measurand,
    context: s.context,
    unit: s.unit,
    ...defined({
      phase: oneOf(phases, s.phase),
      location: oneOf(locations, s.location),
      signed: s.signed,
    }),
  };
}

/**
 * Does a SendLocalList break a rule that the message alone shows? Versions above 0 only (1.6 erratum 3.52,
 * D01.FR.18), info on every entry of a Full list (1.6 §7.1), no token twice, not more entries than allowed.
 */
export function isListUpdateSound(update: ListUpdate, maxEntries: number | undefined): boolean {
  const { version, type, entries } = update;
  return (
    version > 0 &&
    entries.length <= (maxEntries ?? Number.POSITIVE_INFINITY) &&
    (type !== "Full" || entries.every((e) => e.info !== undefined)) &&
    new Set(entries.map((e) => tokenKey(e.token))).size === entries.length
  );
}

/** How long to wait between tries when nobody says it, s. */
const RETRY_INTERVAL_S = 10;

/**
 * How often a file is tried to be moved, and how long to wait between, s. 1.6 counts tries, and where it says nothing
 * the station chooses: one, so that a person in a lab sees what is wrong.
 */
export function attempts(
  tries: number | undefined,
  intervalS: number | undefined,
): { tries: number; retryIntervalS: number } {
  return { tries: Math.max(1, tries ?? 1), retryIntervalS: Math.max(0, intervalS ?? RETRY_INTERVAL_S) };
}

/** A setting's value as a limit, undefined when there is none. */
export function limitSetting(commands: StationCommands, name: string): number | undefined {
  const value = commands.getSetting(name)?.value;
  const limit = value ? Number(value) : Number.NaN;
  return Number.isFinite(limit) ? limit : undefined;
}

/** 1.6 DataTransfer carries text: anything else goes as its JSON. */
export function textOf(data: unknown): string | undefined {
  return typeof data === "string" || data === undefined ? data : JSON.stringify(data);
}

/**
 * SignedMeterValueType (2.0.1; in 1.6 by the Open Charge Alliance's note on signed meter values): the data set names its
 * algorithm itself, and a public key is wrapped so that a reader knows how it is written.
 */
export function signedMeterValue({ text, publicKey }: SignedReading) {
  const base64 = (plain: string): string => Buffer.from(plain, "utf8").toString("base64");
  return {
    signedMeterData: base64(text),
    signingMethod: "",
    encodingMethod: "OCMF",
    publicKey: publicKey === undefined ? "" : base64(`oca:base16:asn1:${publicKey}`),
  };
}
