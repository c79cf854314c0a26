import { accessMode, authorizationStatus, tokenType } from "../station/fact-shapes.ts";
import type { Schema } from "./step.ts";

export const authorizationStatuses = authorizationStatus.words;

/** Access modes of the built-in central system. */
export const MODES = accessMode.words;

/** Types of tokens that there may be something of: NoAuthorization is the lack of one. */
export const tokenTypes = tokenType.words.filter((type) => type !== "NoAuthorization");

/* Pieces that the schemas of steps are made of. A variable may stand wherever a text may. */

export const text: Schema = { type: ["string", "number", "boolean"] };

export const word = (known: readonly string[], description?: string): Schema => ({
  anyOf: [{ enum: known }, { type: "string", pattern: "\\$" }],
  ...(description === undefined ? {} : { description }),
});

export const flag: Schema = { type: ["boolean", "string"] };

export const durationSchema: Schema = {
  type: ["string", "number"],
  description: "Number and unit: 200 ms, 5 s, 2 min, 1 h, 1 d.",
  examples: ["5 s"],
};

export const energySchema: Schema = {
  type: ["string", "number"],
  description: "Number and unit: 500 Wh, 5 kWh.",
  examples: ["5 kWh"],
};

export const powerSchema: Schema = {
  type: ["string", "number"],
  description: "Number and unit: 7.4 kW.",
  examples: ["7.4 kW"],
};

export const shareSchema: Schema = {
  type: ["string", "number"],
  description: "From 0 % to 100 %.",
  examples: ["10 %"],
};

export const wholeSchema: Schema = { type: ["integer", "string"] };

export const evseSchema: Schema = { ...wholeSchema, description: "Which EVSE, from 1; default 1." };

export const uidSchema: Schema = {
  type: ["string", "number"],
  description: "The card's UID: hex digits, byte 0 first.",
  examples: ["04A2241BC85E80"],
};

export const captureSchema: Schema = {
  type: "object",
  description: "Variables to define: name, and which member becomes its value.",
  additionalProperties: { type: "string" },
  examples: [{ tx: "transactionId" }],
};

export const withSchema: Schema = {
  type: "object",
  description:
    "Members that it has; others may be there too. <any>, <absent>, <number>, <text>, <time>, /regex/, 1..10, {contains: x}, {oneOf: [x, y]}, {not: x}.",
};

export const stepsSchema: Schema = { $ref: "#/definitions/steps" };

export const object = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema => ({
  type: "object",
  properties,
  ...(required.length === 0 ? {} : { required }),
  additionalProperties: false,
});

export const cardSchema: Schema = {
  ...object(
    {
      id: { ...uidSchema, description: "The Hidden ID: what the station sends for the card." },
      visibleId: { ...text, description: "The number that is printed on it." },
      nickname: { ...text, description: "What its holder calls it." },
      blocked: { ...flag, description: "It is refused." },
      expiry: { type: "string", description: "Until when it is good, ISO 8601." },
    },
    ["id"],
  ),
  type: ["object", "string", "number"],
};

export const tokenSchema: Schema = {
  ...object(
    {
      id: { ...uidSchema, description: "The token as the station sends it." },
      status: word(authorizationStatuses, "What the station knows of it; default Accepted."),
      expiry: { type: "string", description: "Until when that holds, ISO 8601." },
      group: { ...text, description: "parentIdTag, groupIdToken." },
      type: word(tokenTypes, "Of 2.0.1; default ISO14443."),
    },
    ["id"],
  ),
  type: ["object", "string", "number"],
};

export const roamingSchema: Schema = object(
  {
    id: { ...uidSchema, description: "The token as the station sends it." },
    contract: { type: "string", description: "Who pays, for example NL-TNM-C12345678." },
  },
  ["id", "contract"],
);
