import type { StationSetup, TokenSetup } from "../../scenario/bench.ts";
import { tokenKey } from "../../station/card.ts";
import type { Store, StoredToken } from "../../station/ports.ts";
import type { AuthorizationStatus, IdToken } from "../../station/types.ts";

/** Writes into a station's store what it knows of tokens before it is switched on for the first time. */
export function know(store: Store, { list, cache }: StationSetup, now: number): void {
  if (list !== undefined) {
    store.list.update({ full: true, version: 1, put: list.map((t) => stored(t, now)), remove: [] });
  }
  for (const token of cache ?? []) store.cache.put(stored(token, now));
}

function stored({ id, status = "Accepted", expiry, group, type }: TokenSetup, now: number): StoredToken {
  const token: IdToken = { idToken: id, type: (type ?? "ISO14443") as IdToken["type"] };
  return {
    key: tokenKey(token),
    token,
    info: {
      status: status as AuthorizationStatus,
      ...(expiry === undefined ? {} : { cacheExpiryDateTime: expiry }),
      ...(group === undefined ? {} : { groupIdToken: { idToken: group, type: "Central" } }),
    },
    updatedAt: now,
  };
}
