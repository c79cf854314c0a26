import type { OCPP16 } from "typed-ocpp";
import type { MeterValue, SampledValue } from "../../station/types.ts";
import { defined, signedMeterValue, type WireSample, wireSamples } from "../wire.ts";

type WireMeterValue = OCPP16.MeterValuesRequest["meterValue"][number];
type WireUnit = NonNullable<WireMeterValue["sampledValue"][number]["unit"]>;

/** 1.6 §7.31, Measurand. */
const measurands = [
  "Energy.Active.Export.Register",
  "Energy.Active.Import.Register",
  "Energy.Reactive.Export.Register",
  "Energy.Reactive.Import.Register",
  "Energy.Active.Export.Interval",
  "Energy.Active.Import.Interval",
  "Energy.Reactive.Export.Interval",
  "Energy.Reactive.Import.Interval",
  "Power.Active.Export",
  "Power.Active.Import",
  "Power.Offered",
  "Power.Reactive.Export",
  "Power.Reactive.Import",
  "Power.Factor",
  "Current.Import",
  "Current.Export",
  "Current.Offered",
  "Voltage",
  "Frequency",
  "Temperature",
  "SoC",
  "RPM",
] as const;

type Measurand = (typeof measurands)[number];

/** UnitOfMeasure: "Celcius" is how 1.6 spells it (OCPP-J erratum 2.1), and it has no unit for Frequency. */
const units: Readonly<Record<SampledValue["unit"], WireUnit | undefined>> = {
  Wh: "Wh",
  kWh: "kWh",
  W: "W",
  var: "var",
  A: "A",
  V: "V",
  Percent: "Percent",
  Celsius: "Celcius",
  Hertz: undefined,
  ratio: undefined,
};

/** MeterValue (1.6 §7.33), values as strings. */
export function meterValuesOf(meterValues: readonly MeterValue[]): WireMeterValue[] {
  return wireSamples(meterValues, measurands).map(({ timestamp, samples }) => ({
    timestamp,
    sampledValue: samples.flatMap(sampledValuesOf),
  }));
}

/** The plain value, and beside it the signed one (§4.7 format; S.A.F.E. and OCA each have their way to carry OCMF). */
function sampledValuesOf(sample: WireSample<Measurand>): WireMeterValue["sampledValue"] {
  const { value: number, measurand, context, unit, phase, location, signed } = sample;
  const raw = defined({ value: String(number), measurand, context, unit: units[unit], phase, location });
  if (signed === undefined) return [raw];
  const value = signed.form === "ocmf" ? signed.text : JSON.stringify(signedMeterValue(signed));
  return [raw, { ...raw, format: "SignedData", value }];
}
