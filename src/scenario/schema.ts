import { REFERENCE } from "../util/schema-problems.ts";
import { valuesOf } from "./examples.ts";
import { durationSchema, object, stepsSchema, text } from "./schemas.ts";
import { setupSchemas } from "./setup-schemas.ts";
import type { Schema } from "./step.ts";
import { stepKinds } from "./steps/table.ts";

/** A step: its key and value, and what may stand beside them. */
export const STEP_BESIDES = ["ocpp"] as const;

const reason: Schema = { ...text, description: "Why, in one sentence." };

/** Of a scenario file's documents. Made from the table of steps. */
export function scenarioSchema(): Schema & { readonly definitions: Readonly<Record<string, Schema>> } {
  const steps = Object.entries(stepKinds).map(([name, kind]): [string, Schema] => [
    name,
    {
      ...(kind.blocks === undefined ? orReference(kind.schema) : kind.schema),
      description: kind.describe,
    },
  ]);
  return {
    description: "A scenario of tapstation.",
    ...object(
      {
        name: { ...text, description: "As a report names it." },
        shows: { ...text, description: "What it shows, in one line." },
        spec: { ...text, description: "The section of the specification that it rests on." },
        tags: { type: "array", items: text, description: "Chosen by --tag." },
        only: {
          type: "boolean",
          description: "Run nothing but scenarios that say so: while working on one.",
        },
        skip: { ...reason, description: "Do not run it, and why." },
        "expect-failure": {
          ...reason,
          description: "It fails, and why: a known defect. Passing is then a failure.",
        },
        ocpp: {
          type: ["array", "string", "number"],
          items: { type: ["string", "number"] },
          minItems: 1,
          description: "The OCPP versions that it is run in; default all.",
        },
        ...setupSchemas,
        vars: { type: "object", description: "Variables: $name in any text below." },
        data: {
          type: ["array", "string"],
          items: { type: "object" },
          minItems: 1,
          description: "Rows, or a CSV file: it is run once with each, the columns being variables.",
        },
        setup: { ...stepsSchema, description: "Steps before those that count." },
        steps: { ...stepsSchema, description: "What is done, and expected." },
        teardown: { ...stepsSchema, description: "Steps that always run at the end, also after a failure." },
        timeout: {
          ...durationSchema,
          description: "How long it may take on its own clock; default 7 d, 5 min in real time.",
        },
      },
      ["name", "steps"],
    ),
    title: "a key of a scenario",
    definitions: {
      steps: { type: "array", items: { $ref: "#/definitions/step" }, minItems: 1 },
      step: {
        ...object({
          ...Object.fromEntries(steps),
          ocpp: { type: ["string", "number"], description: "Do this step in this OCPP version only." },
        }),
        title: "a step",
        minProperties: 1,
      },
    },
  };
}

/** Lets a variable stand where a text may not. */
function orReference(schema: Schema): Schema {
  const { type, properties, items, additionalProperties: others } = schema;
  const types = type === undefined ? undefined : [type].flat();
  return {
    ...schema,
    ...(types === undefined || types.includes("string")
      ? {}
      : { type: [...types, "string"], pattern: REFERENCE }),
    ...(properties === undefined ? {} : { properties: each(properties, orReference) }),
    ...(items === undefined || items.$ref !== undefined ? {} : { items: orReference(items) }),
    ...(typeof others === "object" ? { additionalProperties: orReference(others) } : {}),
  };
}

/** As {@link scenarioSchema}, for editors: any value may be one for each version instead. */
export function publishedSchema(): object {
  const { definitions, ...root } = scenarioSchema();
  const steps = definitions.step?.properties ?? {};
  const known = Object.fromEntries(
    Object.entries(steps).map(([key, schema]) => {
      const kind = stepKinds[key];
      return [key, kind === undefined ? schema : { ...orByVersion(schema), examples: valuesOf(key, kind) }];
    }),
  );
  const lists = { $ref: "#/definitions/steps" };
  return {
    ...root,
    definitions: {
      steps: byVersionToo(definitions.steps ?? {}, lists),
      step: byVersionToo({ ...definitions.step, properties: known }, {}),
    },
  };
}

/** Keys of a map that is a value by version. */
const VERSIONS = "^\\d+(\\.\\d+)+$";
const BY_VERSION: Readonly<Record<string, Schema>> = { [VERSIONS]: {} };

/** Lets a map by version of `inner` stand there too. */
const byVersionToo = (schema: Schema, inner: Schema): Schema => ({
  ...schema,
  type: [...new Set([schema.type ?? [], "object"].flat())],
  patternProperties: { [VERSIONS]: inner },
  additionalProperties: false,
});

/** Lets a map by version stand wherever a text, number, list of words or other map stands. */
function orByVersion(schema: Schema): Schema {
  const { type, anyOf, properties, items, additionalProperties: others } = schema;
  const types = type === undefined ? undefined : [type].flat();
  return {
    ...schema,
    ...(anyOf === undefined ? {} : { anyOf: [...anyOf, { type: "object" }] }),
    ...(types === undefined || types.includes("object") ? {} : { type: [...types, "object"] }),
    ...(others === false ? { patternProperties: BY_VERSION } : {}),
    ...(typeof others === "object" ? { additionalProperties: orByVersion(others) } : {}),
    ...(properties === undefined ? {} : { properties: each(properties, orByVersion) }),
    ...(items === undefined || items.$ref !== undefined ? {} : { items: orByVersion(items) }),
  };
}

const each = (
  properties: Readonly<Record<string, Schema>>,
  change: (schema: Schema) => Schema,
): Record<string, Schema> =>
  Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, change(schema)]));
