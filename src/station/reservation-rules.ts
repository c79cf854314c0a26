import { sameToken } from "./card.ts";
import type { StationCommands } from "./ports.ts";
import type { IdToken, IdTokenInfo } from "./types.ts";

/* The pure rules of reservations: who may use what is reserved, and what can be reserved. */

export type ReserveNow = Parameters<StationCommands["reserve"]>[0];
export type ReserveNowStatus = ReturnType<StationCommands["reserve"]>["status"];

/** An EVSE kept for a token until a time. Without `evseId` any EVSE will do (1.6: connector 0). */
export type Reservation = Omit<ReserveNow, "connectorType">;

/** What reservations need to know of an EVSE. */
export interface Spot {
  readonly evseId: number;
  /** May a transaction start there now? */
  readonly free: boolean;
  /** Nobody's, and to be had sooner or later; a cable may be in. */
  readonly unused: boolean;
  readonly plugged: boolean;
  readonly faulted: boolean;
  readonly operative: boolean;
  /** Out of service by the central system's word. */
  readonly withdrawn: boolean;
  /** The status may be another one now. */
  stateChanged(why?: string): void;
}

/**
 * How a token stands to a free EVSE: it is reserved for it (`own`), it may have it as anybody may (`open`), it may
 * not (`closed`), or it depends on the token's group, which is not known (`ask`, 1.6 §5.13, 2.0.1 H03.FR.08).
 */
export type Standing = "own" | "open" | "ask" | "closed";

/** What is known of a token, its group by the central system's word where nothing else names one (2.0.1 F01, F02). */
export function withGroup(
  info: IdTokenInfo | undefined,
  group: IdToken | undefined,
): IdTokenInfo | undefined {
  if (group === undefined || info?.groupIdToken !== undefined) return info;
  return { status: "Accepted", ...info, groupIdToken: group };
}

/** What is said of several EVSEs: the best of them; Faulted only when all are (H01.FR.11 to H01.FR.14). */
export const answers: readonly ReserveNowStatus[] = ["Accepted", "Occupied", "Unavailable", "Faulted"];

/** Available to everybody: only such an EVSE can be promised. */
export function isVacant(evse: Spot, reservations: readonly Reservation[]): boolean {
  return (
    evse.unused && evse.operative && !evse.plugged && !reservations.some((r) => r.evseId === evse.evseId)
  );
}

/** The token itself, or one of the same group (1.6 §5.13, H03.FR.01 to H03.FR.06). */
export function matches(r: Reservation, token: IdToken | undefined, info: IdTokenInfo | undefined): boolean {
  if (token !== undefined && sameToken(r.idToken, token)) return true;
  const [ours, theirs] = [r.groupIdToken, info?.groupIdToken];
  return ours !== undefined && theirs !== undefined && ours.idToken !== "" && sameToken(ours, theirs);
}

/** No match: for good, or could the group make one? */
export function otherwise(
  reservations: readonly Reservation[],
  info: IdTokenInfo | undefined,
): "ask" | "closed" {
  const groups = info?.groupIdToken === undefined && reservations.some((r) => r.groupIdToken !== undefined);
  return groups ? "ask" : "closed";
}
