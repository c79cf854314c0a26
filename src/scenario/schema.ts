import { REFERENCE } from "../util/schema-problems.ts";
import { valuesOf } from "./examples.ts";
import {
  cardSchema,
  durationSchema,
  flag,
  MODES,
  object,
  roamingSchema,
  stepsSchema,
  text,
  tokenSchema,
  wholeSchema,
  word,
} from "./schemas.ts";
import type { Schema } from "./step.ts";
import { stepKinds } from "./steps/table.ts";

const station: Schema = {
  ...object({
    id: { ...text, description: "The station's identity; default CP001." },
    model: { type: "string", description: "A definition in devices/stations; default generic-ac." },
    evses: { ...wholeSchema, description: "How many; default the model's." },
    settings: {
      type: "object",
      description: "Start values by 1.6 key or 2.0.1 Component.Variable.",
      additionalProperties: text,
    },
    begins: {
      enum: ["online", "powered", "off"],
      description:
        "How the first step finds it: registered and at rest (default), just switched on, or without power.",
    },
    retap: { ...durationSchema, description: "The same card again within this time is no tap; default 1 s." },
    time: {
      type: "string",
      description: "When virtual time begins, ISO 8601; default 2030-01-01T00:00:00Z.",
    },
    password: {
      ...text,
      description: "Of HTTP Basic authentication. A scenario's text is no place for real ones.",
    },
    "security-profile": {
      type: ["integer", "string"],
      description: "0 to 3; default 1 with a password, else 0. For 3 a certificate is made on the spot.",
    },
    list: {
      type: "array",
      items: tokenSchema,
      description: "Its Local Authorization List, version 1, as it is switched on.",
    },
    cache: {
      type: "array",
      items: tokenSchema,
      description: "Its Authorization Cache as it is switched on.",
    },
  }),
  description: "The station that is played.",
};

const central: Schema = {
  ...object({
    mode: word(MODES, "Who may charge; default Whitelisting."),
    cards: {
      type: "array",
      items: cardSchema,
      description: "The whitelist; default the demo card 04A2241BC85E80.",
    },
    roaming: { type: "array", items: roamingSchema, description: "Contracts that the roaming hub knows." },
    heartbeat: { ...durationSchema, description: "Interval that BootNotification is answered with." },
    approved: { ...flag, description: "False: BootNotification is answered with Pending." },
    tls: { ...flag, description: "It speaks TLS too, as from security profile 2 on." },
    password: { ...text, description: "What the station has to show; default what it has." },
    files: {
      type: "object",
      description:
        "Texts by name, offered as files by HTTP: $files.NAME.url and .signature; $files.certificate, $files.root, $files.uploads.",
      additionalProperties: { type: "string" },
    },
  }),
  description:
    "What the built-in central system knows before the first step; another one has to know it already.",
};

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
        station,
        central,
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
