import type { Schema } from "./from-schema.ts";

export const idSchema = {
  type: "string",
  pattern: "^[a-z0-9]+(-[a-z0-9]+)*$",
  maxLength: 40,
  description: "The name that flags and configuration use: lower case, digits and hyphens.",
} as const satisfies Schema;

export const nameSchema = {
  type: "string",
  minLength: 2,
  maxLength: 60,
  description: "Maker and model, as a person says it.",
} as const satisfies Schema;

export const hexId = {
  type: "string",
  pattern: "^[0-9A-F]{4}$",
  description: "USB id, four hex digits in upper case.",
} as const satisfies Schema;

export const byteCommand = {
  type: "string",
  pattern: "^[0-9A-F]{2}( ([0-9A-F]{2}|\\{[a-z0-9]+\\}))*$",
  maxLength: 200,
} as const satisfies Schema;
