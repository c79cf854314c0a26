import type { Ids } from "../../station/ports.ts";

/** Ids in the form of random UUIDs, the same for the same seed. */
export function seededIds(random: () => number): Ids {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
  return { next: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}` };
}
