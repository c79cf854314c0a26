import type { Supply } from "../types.ts";
import { ampsOf, both, type Cap, isBound, isPause, noCap, ownCap, wattsOf } from "./cap.ts";

/** One charging EVSE's wish. */
export interface Claim {
  readonly cap: Cap;
  readonly supply: Supply;
}

const nothing: Cap = { ...noCap, watts: 0, amps: 0 };

/**
 * Divides the station's cap among EVSEs: evenly, and what one may not use goes to the others. Together they never
 * draw more than the cap (1.6 §3.13.1). Where a share would be too little for an EV to charge with
 * (minChargingRate, or the least that can be signalled), the last in order waits, so that the others can go on.
 */
export function share(station: Cap, claims: readonly Claim[]): readonly Cap[] {
  if (!isBound(station)) return claims.map((c) => c.cap);
  const shares = claims.map((c) => both(c.cap, nothing));
  const able = claims.flatMap((c, i) => (isPause(c.cap, c.supply) ? [] : [i]));
  for (let n = able.length; n > 0; n--) {
    const chosen = able.slice(0, n).flatMap((i) => claims[i] ?? []);
    const parts = divided(station, chosen);
    if (!parts.every((part, k) => isEnough(part, chosen[k]))) continue;
    parts.forEach((part, k) => {
      shares[able[k] ?? -1] = part;
    });
    return shares;
  }
  return shares;
}

function divided(station: Cap, claims: readonly Claim[]): Cap[] {
  const wished = claims.map((c) => both(c.cap, ownCap(c.supply)));
  const amps = fill(
    station.amps,
    claims.map((c, i) => ampsOf(wished[i] ?? noCap, c.supply)),
  );
  const watts = fill(
    station.watts,
    claims.map((c, i) => wattsOf(wished[i] ?? noCap, c.supply)),
  );
  return claims.map((c, i) =>
    both(c.cap, { ...noCap, phases: station.phases, amps: amps[i] ?? 0, watts: watts[i] ?? 0 }),
  );
}

function isEnough(part: Cap, claim: Claim | undefined): boolean {
  if (claim === undefined || isPause(part, claim.supply)) return false;
  const free = ampsOf(claim.cap, claim.supply);
  return ampsOf(part, claim.supply) + 1e-6 >= Math.min(claim.cap.leastA, free);
}

/** Even parts of `total`, none above its wish, nothing left over while a wish is open. */
export function fill(total: number, wishes: readonly number[]): number[] {
  const parts = wishes.map(() => 0);
  let left = total;
  const order = wishes.map((wish, i) => ({ wish, i })).sort((a, b) => a.wish - b.wish);
  order.forEach(({ wish, i }, k) => {
    const part = Math.min(wish, left / (order.length - k));
    parts[i] = part;
    left -= part;
  });
  return parts;
}
