/**
 * How a battery takes charge: `maxW` until it holds `kneeWh`, from there falling evenly to `minW` at `capacityWh`,
 * where it is full and takes nothing more. Wh, W, s.
 */
export interface ChargeCurve {
  readonly capacityWh: number;
  readonly kneeWh: number;
  readonly maxW: number;
  readonly minW: number;
}

/** What the battery takes at `wh` when it is offered `offerW`. */
export function powerAt(c: ChargeCurve, wh: number, offerW: number): number {
  if (wh >= c.capacityWh) return 0;
  const slope = slopeOf(c);
  const wanted = wh <= c.kneeWh ? c.maxW : c.minW + (c.capacityWh - wh) * slope;
  return Math.max(0, Math.min(offerW, wanted));
}

/** What the battery holds after `seconds` at an offer of `offerW`: the exact integral of {@link powerAt}. */
export function chargedWh(c: ChargeCurve, wh: number, offerW: number, seconds: number): number {
  const steadyW = Math.min(offerW, c.maxW);
  if (steadyW <= 0 || seconds <= 0 || wh >= c.capacityWh) return wh;
  const border = taperBegin(c, steadyW);
  const steadyS = Math.max(0, ((border - wh) * 3600) / steadyW);
  if (seconds <= steadyS) return Math.min(c.capacityWh, wh + (steadyW * seconds) / 3600);
  if (border >= c.capacityWh) return c.capacityWh;
  const from = Math.max(wh, border);
  const slope = slopeOf(c);
  const tail = c.minW / slope;
  // expm1 and log1p keep their precision where the curve is almost flat.
  const rise = -(c.capacityWh - from + tail) * Math.expm1((-slope * (seconds - steadyS)) / 3600);
  return Math.min(c.capacityWh, from + rise);
}

/** How long until the battery is full at an offer of `offerW`; Infinity when nothing flows. */
export function secondsToFull(c: ChargeCurve, wh: number, offerW: number): number {
  if (wh >= c.capacityWh) return 0;
  const steadyW = Math.min(offerW, c.maxW);
  if (steadyW <= 0) return Number.POSITIVE_INFINITY;
  const border = taperBegin(c, steadyW);
  const steadyS = Math.max(0, ((border - wh) * 3600) / steadyW);
  if (border >= c.capacityWh) return steadyS;
  const slope = slopeOf(c);
  const tail = c.minW / slope;
  return steadyS + (3600 / slope) * Math.log1p((c.capacityWh - Math.max(wh, border)) / tail);
}

/** What the battery holds when it begins to take less than `steadyW`. */
function taperBegin(c: ChargeCurve, steadyW: number): number {
  if (steadyW <= c.minW || c.maxW <= c.minW) return c.capacityWh;
  return c.kneeWh + (c.maxW - steadyW) / slopeOf(c);
}

/** Watts less for each Wh above the knee. */
function slopeOf(c: ChargeCurve): number {
  return Math.max(0, c.maxW - c.minW) / (c.capacityWh - c.kneeWh);
}
