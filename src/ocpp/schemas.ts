import { createRequire } from "node:module";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { OcppVersion, PayloadCheck, RpcErrorCode } from "./rpc/types.ts";

/** The official schemas travel inside the package ocpp-rpc; only these files of it are used, never its client. */
const FILES: Record<OcppVersion, string> = {
  "1.6": "ocpp-rpc/lib/schemas/ocpp1_6.json",
  "2.0.1": "ocpp-rpc/lib/schemas/ocpp2_0_1.json",
};

const SUFFIX = { request: "req", response: "conf" } as const;

/** Which error a broken rule is (1.6J table 7, 2.0.1 part 4 table 8); what is not here violates the format. */
const CODE_OF_KEYWORD: ReadonlyMap<string, RpcErrorCode> = new Map<string, RpcErrorCode>([
  ["type", "TypeConstraintViolation"],
  ["required", "OccurrenceConstraintViolation"],
  ["minItems", "OccurrenceConstraintViolation"],
  ["maxItems", "OccurrenceConstraintViolation"],
  ["enum", "PropertyConstraintViolation"],
  ["maxLength", "PropertyConstraintViolation"],
  ["minimum", "PropertyConstraintViolation"],
  ["maximum", "PropertyConstraintViolation"],
  ["multipleOf", "PropertyConstraintViolation"],
  ["additionalProperties", "FormatViolation"],
  ["format", "FormatViolation"],
]);

type Schema = Record<string, unknown>;

/** One version's schemas; each is compiled when first needed and kept for the whole process. */
class SchemaSet {
  readonly #schemas: ReadonlyMap<string, Schema>;
  readonly #compiled = {
    request: new Map<string, ValidateFunction>(),
    response: new Map<string, ValidateFunction>(),
  };
  readonly #ajv: Ajv;
  readonly actions: readonly string[];

  constructor(version: OcppVersion) {
    const list = createRequire(import.meta.url)(FILES[version]) as readonly Schema[];
    this.#schemas = new Map(
      list.map(({ $id, $schema, ...schema }) => [String($id).replace("urn:", ""), schema]),
    );
    this.actions = [...this.#schemas.keys()]
      .filter((name) => name.endsWith(".req"))
      .map((name) => name.slice(0, -".req".length))
      .sort();
    // The first error is enough, and a payload of thousands of wrong elements then costs no more than one.
    this.#ajv = new Ajv({ strict: false, multipleOfPrecision: 6, allErrors: false });
    addFormats.default(this.#ajv);
  }

  readonly check: PayloadCheck = (action, kind, payload) => {
    const validate = this.#compiled[kind].get(action) ?? this.#validator(action, kind);
    if (validate === undefined)
      return { code: "NotImplemented", detail: `${action.slice(0, 50)} is not known` };
    if (validate(payload)) return undefined;
    const error = validate.errors?.[0];
    if (error === undefined) return { code: "FormatViolation", detail: "does not fit its schema" };
    return { code: CODE_OF_KEYWORD.get(error.keyword) ?? "FormatViolation", detail: describe(error) };
  };

  schema(action: string, kind: keyof typeof SUFFIX): Schema | undefined {
    return this.#schemas.get(`${action}.${SUFFIX[kind]}`);
  }

  #validator(action: string, kind: keyof typeof SUFFIX): ValidateFunction | undefined {
    const schema = this.schema(action, kind);
    if (schema === undefined) return undefined;
    const validate = this.#ajv.compile(schema);
    this.#compiled[kind].set(action, validate);
    return validate;
  }
}

const sets = new Map<OcppVersion, SchemaSet>();

function setOf(version: OcppVersion): SchemaSet {
  let set = sets.get(version);
  if (set === undefined) {
    set = new SchemaSet(version);
    sets.set(version, set);
  }
  return set;
}

/**
 * Checks payloads against the official schemas of a version. The detail names the place and the rule, never the
 * value, which may be a secret. 1.6's schemas are those with the errata of 2025-04: of a temperature's unit both
 * spellings, "Celcius" and "Celsius", fit.
 */
export function payloadCheck(version: OcppVersion): PayloadCheck {
  return setOf(version).check;
}

/** The official schema of a message, not to be changed; undefined for one that the version does not have. */
export function payloadSchema(
  version: OcppVersion,
  action: string,
  kind: "request" | "response",
): Readonly<Record<string, unknown>> | undefined {
  return setOf(version).schema(action, kind);
}

/** The actions that have a schema in a version, in alphabetical order; 1.6 includes the security extension. */
export function knownActions(version: OcppVersion): readonly string[] {
  return setOf(version).actions;
}

type Params = Readonly<Record<string, unknown>>;

/** Words for the keywords where ajv's own do not name the matter. */
const WORDS: Readonly<Record<string, (p: Params) => string>> = {
  required: (p) => `${p.missingProperty} is missing`,
  additionalProperties: (p) => `${String(p.additionalProperty).slice(0, 50)} is not known here`,
  enum: (p) => `must be one of ${(p.allowedValues as readonly unknown[]).join(", ")}`,
};

function describe(error: ErrorObject): string {
  const words = WORDS[error.keyword]?.(error.params) ?? error.message ?? error.keyword;
  const place = pathOf(error.instancePath);
  return place === "" ? words : `${place}: ${words}`;
}

/** "/meterValue/0/timestamp" as "meterValue[0].timestamp". */
function pathOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) =>
      /^\d+$/.test(part) ? `[${part}]` : `.${part.replaceAll("~1", "/").replaceAll("~0", "~")}`,
    )
    .join("")
    .replace(/^\./, "")
    .slice(0, 150);
}
