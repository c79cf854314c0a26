import type { CardSetup, TokenSetup } from "./bench.ts";

/** Every member as text. */
export const texts = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));

/** A card as it is written: its id alone, or with what is said about it. */
export function cardOf(value: unknown): CardSetup {
  if (typeof value !== "object" || value === null) return { id: String(value) };
  const { id, blocked, ...rest } = value as Record<string, unknown>;
  return { ...texts(rest), id: String(id), ...(blocked === undefined ? {} : { blocked: blocked === true }) };
}

/** A token as it is written: its id alone, or with what the station knows of it. */
export function tokenOf(value: unknown): TokenSetup {
  if (typeof value !== "object" || value === null) return { id: String(value) };
  const { id, ...rest } = value as Record<string, unknown>;
  return { ...texts(rest), id: String(id) };
}
