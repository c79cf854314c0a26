import { createRequire } from "node:module";
import fc from "fast-check";
import type { OcppVersion } from "../../src/ocpp/rpc/types.ts";

interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const files: Record<OcppVersion, string> = {
  "1.6": "ocpp-rpc/lib/schemas/ocpp1_6.json",
  "2.0.1": "ocpp-rpc/lib/schemas/ocpp2_0_1.json",
};

/** Values that make commands do something now and then, and edges of their types. */
const texts = [
  "04A2241BC85E80",
  "1",
  "HeartbeatInterval",
  "LocalPreAuthorize",
  "AuthCtrlr",
  "true",
  "-1",
  "",
];
const numbers = [0, 1, 2, 3, 7, 30, 86_400, -1, 2 ** 31 - 1];

/** Payloads of a request that fit its official schema. */
export function requestsOf(version: OcppVersion, action: string): fc.Arbitrary<object> {
  const all = createRequire(import.meta.url)(files[version]) as readonly Schema[];
  const root = all.find((schema) => schema.$id === `urn:${action}.req`);
  if (root === undefined) throw new Error(`no schema of ${action} in ${version}`);
  return arbitraryOf(root, root, 0) as fc.Arbitrary<object>;
}

function arbitraryOf(schema: Schema, root: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const target = root.definitions?.[schema.$ref.replace("#/definitions/", "")];
    if (target === undefined) throw new Error(`no definition ${schema.$ref}`);
    return arbitraryOf(target, root, depth);
  }
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  return (makers[schema.type ?? "any"] ?? makers.any)(schema, root, depth);
}

const makers: Record<string, (schema: Schema, root: Schema, depth: number) => fc.Arbitrary<unknown>> & {
  any: () => fc.Arbitrary<unknown>;
} = {
  any: () => fc.jsonValue({ maxDepth: 2 }),
  boolean: () => fc.boolean(),
  integer: ({ minimum = -(2 ** 31), maximum = 2 ** 31 - 1 }) =>
    fc.oneof(
      fc.constantFrom(...numbers.filter((n) => n >= minimum && n <= maximum)),
      fc.integer({ min: minimum, max: maximum }),
    ),
  // 1.6's decimals have one digit behind the point, which fits everywhere.
  number: ({ minimum = -1e6, maximum = 1e6 }) =>
    fc.integer({ min: Math.ceil(minimum * 10), max: Math.floor(maximum * 10) }).map((n) => n / 10),
  string: ({ format, maxLength = 1000 }) => {
    if (format === "date-time")
      return fc
        .date({ min: new Date("1970-01-01"), max: new Date("2199-12-31"), noInvalidDate: true })
        .map((date) => date.toISOString());
    if (format === "uri") return fc.constantFrom("http://127.0.0.1:9/x", "ftp://127.0.0.1:9/y");
    return fc.oneof(
      fc.constantFrom(...texts.filter((t) => t.length <= maxLength)),
      fc
        .string({ unit: "binary", maxLength: Math.min(maxLength, 60) })
        .filter((t) => [...t].length <= maxLength),
    );
  },
  array: ({ items = {}, minItems = 0, maxItems = minItems + 3 }, root, depth) =>
    fc.array(arbitraryOf(items, root, depth + 1), {
      minLength: minItems,
      maxLength: Math.min(maxItems, minItems + (depth > 2 ? 1 : 3)),
    }),
  object: ({ properties = {}, required = [] }, root, depth) => {
    const wanted = Object.entries(properties).filter(
      ([name]) => required.includes(name) || (depth < 4 && name !== "customData"),
    );
    const values = Object.fromEntries(
      wanted.map(([name, schema]) => [name, arbitraryOf(schema, root, depth + 1)]),
    );
    return fc.record(values, { requiredKeys: required.filter((name) => name in values) });
  },
};
