/** A value with members by name: no list, and nothing that stands alone. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The members of a map; what is none has none. */
export const mapOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
