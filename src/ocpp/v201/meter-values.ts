import type { OCPP20 } from "typed-ocpp";
import type { MeterValue } from "../../station/types.ts";
import { signedMeterValue, type WireSample, wireSamples } from "../wire.ts";

type WireMeterValue = OCPP20.MeterValuesRequest["meterValue"][number];

/** MeasurandEnumType (part 2, 3.48). It has no Temperature and no RPM. */
const measurands = [
  "Current.Export",
  "Current.Import",
  "Current.Offered",
  "Energy.Active.Export.Register",
  "Energy.Active.Import.Register",
  "Energy.Reactive.Export.Register",
  "Energy.Reactive.Import.Register",
  "Energy.Active.Export.Interval",
  "Energy.Active.Import.Interval",
  "Energy.Active.Net",
  "Energy.Reactive.Export.Interval",
  "Energy.Reactive.Import.Interval",
  "Energy.Reactive.Net",
  "Energy.Apparent.Net",
  "Energy.Apparent.Import",
  "Energy.Apparent.Export",
  "Frequency",
  "Power.Active.Export",
  "Power.Active.Import",
  "Power.Factor",
  "Power.Offered",
  "Power.Reactive.Export",
  "Power.Reactive.Import",
  "SoC",
  "Voltage",
] as const;

type Measurand = (typeof measurands)[number];

/** MeterValueType, units as unitOfMeasure without multiplier. */
export function meterValuesOf(meterValues: readonly MeterValue[]): WireMeterValue[] {
  return wireSamples(meterValues, measurands).map(({ timestamp, samples }) => ({
    timestamp,
    sampledValue: samples.map(sampledValueOf),
  }));
}

function sampledValueOf({
  unit,
  signed,
  ...plain
}: WireSample<Measurand>): WireMeterValue["sampledValue"][number] {
  const sample = signed === undefined ? plain : { ...plain, signedMeterValue: signedMeterValue(signed) };
  return unit === "ratio" ? sample : { ...sample, unitOfMeasure: { unit } };
}
