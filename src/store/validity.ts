import type { StoredToken } from "../station/ports.ts";

/**
 * From when on (ms since the epoch) a cache entry is not valid: a status other than Accepted never is, no
 * cacheExpiryDateTime (or one that cannot be read, as in the authorization decision) means without end.
 */
export function notValidFrom(entry: StoredToken): number {
  if (entry.info.status !== "Accepted") return 0;
  const until = Date.parse(entry.info.cacheExpiryDateTime ?? "");
  return Number.isNaN(until) ? Number.MAX_SAFE_INTEGER : until;
}
