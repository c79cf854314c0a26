/** The part of JSON Schema that the device schemas are written in. */
export interface Schema {
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean" | readonly string[];
  readonly const?: string;
  readonly enum?: readonly (string | number)[];
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string };
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

/**
 * The TypeScript type of what a schema lets through, so that a schema is the only place where a definition's shape
 * is written down.
 */
export type FromSchema<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly oneOf: readonly (infer O)[] }
      ? Each<O>
      : S extends { readonly type: "string" }
        ? string
        : S extends { readonly type: "integer" | "number" }
          ? number
          : S extends { readonly type: "boolean" }
            ? boolean
            : S extends { readonly type: "array"; readonly items: infer I }
              ? readonly FromSchema<I>[]
              : S extends { readonly type: "object"; readonly properties: infer P }
                ? ObjectOf<P, S extends { readonly required: readonly (infer R)[] } ? R : never>
                : S extends { readonly type: "object"; readonly additionalProperties: infer V }
                  ? { readonly [name: string]: FromSchema<V> }
                  : S extends { readonly type: readonly (infer T)[] }
                    ? Each<T extends string ? { readonly type: T } : never>
                    : unknown;

type Each<O> = O extends unknown ? FromSchema<O> : never;

type ObjectOf<P, R> = { readonly [K in keyof P as K extends R ? K : never]: FromSchema<P[K]> } & {
  readonly [K in keyof P as K extends R ? never : K]?: FromSchema<P[K]>;
};
