import type { FaultRates } from "../../ocpp/rpc/faults.ts";
import type { NetworkQuality } from "../../scenario/bench.ts";

/** How often the wire does what, for a network of this quality. */
export function ratesOf(q: NetworkQuality): FaultRates {
  const { latencyMs, jitterMs = 0, charsPerS, loss, duplicate, reorder, corrupt } = q;
  return {
    ...(loss === undefined ? {} : { drop: loss }),
    ...(duplicate === undefined ? {} : { duplicate }),
    ...(reorder === undefined ? {} : { reorder }),
    ...(corrupt === undefined ? {} : { corrupt }),
    ...(charsPerS === undefined ? {} : { charsPerS }),
    ...(latencyMs === undefined && jitterMs === 0
      ? {}
      : { latencyMs: { min: Math.max(0, (latencyMs ?? 0) - jitterMs), max: (latencyMs ?? 0) + jitterMs } }),
  };
}
