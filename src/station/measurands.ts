import type { Supply } from "./types.ts";

/** Which phases a measurand is told for: `each` by phase only, `also` in all and by phase. */
type ByPhase = "each" | "also";

interface MeasurandRow {
  readonly name: string;
  readonly byPhase?: ByPhase;
  /** What follows L1, L2, L3: a voltage is one to neutral. */
  readonly to?: "-N";
  /** There is no such thing on direct current. */
  readonly acOnly?: true;
}

/** What a meter can offer, in the words of 1.6 §7.31 and 2.0.1 MeasurandEnumType. */
const rows: readonly MeasurandRow[] = [
  { name: "Energy.Active.Import.Register" },
  { name: "Energy.Active.Import.Interval" },
  { name: "Power.Active.Import", byPhase: "also" },
  { name: "Power.Reactive.Import", byPhase: "also", acOnly: true },
  { name: "Power.Factor", acOnly: true },
  { name: "Power.Offered" },
  { name: "Current.Import", byPhase: "each" },
  { name: "Current.Offered" },
  { name: "Voltage", byPhase: "each", to: "-N" },
  { name: "Frequency", acOnly: true },
  { name: "SoC" },
  { name: "Temperature" },
];

/** The names that settings and models use, without phases. */
export const MEASURANDS: readonly string[] = rows.map((r) => r.name);

/** What a meter on this supply can offer. */
export function measurandsOf({ current }: Pick<Supply, "current">): string[] {
  return rows.filter((r) => current === "AC" || r.acOnly !== true).map((r) => r.name);
}

/**
 * What a list of measurands may have (1.6 §9.1 MeterValuesSampledData: `measurand[.phase]`): what is offered, and the
 * phases of it that this supply has, for example `Current.Import.L1` and `Voltage.L1-N`.
 */
export function measurandOptions(
  { current, phases }: Pick<Supply, "current" | "phases">,
  offered: readonly string[] = measurandsOf({ current }),
): string[] {
  const lines = current === "DC" ? [] : ["L1", "L2", "L3"].slice(0, phases);
  return rows
    .filter((r) => offered.includes(r.name))
    .flatMap((r) => [
      r.name,
      ...(r.byPhase === undefined ? [] : lines.map((line) => `${r.name}.${line}${r.to ?? ""}`)),
    ]);
}

const totals = new Set(rows.filter((r) => r.byPhase !== "each").map((r) => r.name));

/**
 * Is this sampled value wanted? A measurand without phase means its total where there is one, else every phase; with a
 * phase, that one.
 */
export function isWanted(wanted: readonly string[], measurand: string, phase: string | undefined): boolean {
  if (phase === undefined) return wanted.includes(measurand);
  if (!totals.has(measurand) && wanted.includes(measurand)) return true;
  // `measurand.phase`, without making that text for each value of each sample.
  const { length } = measurand;
  return wanted.some(
    (w) => w.length === length + 1 + phase.length && w.startsWith(measurand) && w.endsWith(phase),
  );
}
