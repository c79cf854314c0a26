/** Reading payloads that came over the wire: whatever is not of the kind asked for is absent. */
export type Payload = Readonly<Record<string, unknown>>;

export function asPayload(value: unknown): Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Payload) : {};
}

function own(payload: Payload, key: string): unknown {
  return Object.hasOwn(payload, key) ? payload[key] : undefined;
}

export function text(payload: Payload, key: string): string | undefined {
  const value = own(payload, key);
  return typeof value === "string" ? value : undefined;
}

/** A whole number that is exact; JSON Schema's integer goes up to 1e308. */
export function integer(payload: Payload, key: string): number | undefined {
  const value = own(payload, key);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

export function part(payload: Payload, key: string): Payload {
  return asPayload(own(payload, key));
}

export function parts(payload: Payload, key: string): readonly Payload[] {
  const value = own(payload, key);
  return Array.isArray(value) ? value.map(asPayload) : [];
}

/** An object of those entries that are there. */
export function present<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
