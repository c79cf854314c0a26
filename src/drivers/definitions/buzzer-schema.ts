import { byteCommand, hexId, idSchema, nameSchema } from "./common-schema.ts";
import type { FromSchema, Schema } from "./from-schema.ts";

const commands = {
  type: "object",
  description: "Escape commands as hex bytes.",
  properties: {
    tone: {
      ...byteCommand,
      description:
        "One beep. {ms10} and {ms100} stand for one byte: its length in units of 10 or 100 ms, at least 1, at most 255. The pitch is the reader's own.",
    },
    setup: {
      type: "array",
      items: byteCommand,
      maxItems: 8,
      description: "Sent when the reader becomes ready, for example to switch its own beep off.",
    },
    answer: { ...byteCommand, description: "What a good answer begins with." },
  },
  required: ["tone", "answer"],
  additionalProperties: false,
} as const satisfies Schema;

const readerBuzzer = {
  type: "object",
  properties: { id: idSchema, name: nameSchema, driver: { const: "reader" }, commands },
  required: ["id", "name", "driver", "commands"],
  additionalProperties: false,
} as const satisfies Schema;

const serialBuzzer = {
  type: "object",
  properties: {
    id: idSchema,
    name: nameSchema,
    driver: { const: "serial" },
    match: {
      type: "array",
      items: {
        type: "object",
        properties: { vendorId: hexId, productId: hexId },
        required: ["vendorId"],
        additionalProperties: false,
      },
    },
    baudRate: { type: "integer", minimum: 300, maximum: 4000000 },
    command: {
      type: "string",
      minLength: 3,
      maxLength: 80,
      pattern: "\\{ms\\}",
      description: "The line that sounds one tone; {hz} and {ms} are filled in.",
    },
    reply: { type: "string", minLength: 1, maxLength: 40, description: "The line that answers it." },
    timeoutMs: {
      type: "integer",
      minimum: 50,
      maximum: 30000,
      description: "How long the reply may take beyond the tone itself.",
    },
    settleMs: {
      type: "integer",
      minimum: 0,
      maximum: 10000,
      description: "Time that the device needs after the port is opened.",
    },
  },
  required: ["id", "name", "driver", "baudRate", "command", "reply", "timeoutMs", "settleMs"],
  additionalProperties: false,
} as const satisfies Schema;

const wavBuzzer = {
  type: "object",
  properties: {
    id: idSchema,
    name: nameSchema,
    driver: { const: "wav" },
    sampleRate: { enum: [8000, 16000, 22050, 44100, 48000] },
    gain: { type: "number", minimum: 0.01, maximum: 1, description: "1 is as loud as 16 bits allow." },
    fadeMs: {
      type: "integer",
      minimum: 0,
      maximum: 50,
      description: "Rise and fall of each tone; without it the loudspeaker clicks.",
    },
  },
  required: ["id", "name", "driver", "sampleRate", "gain", "fadeMs"],
  additionalProperties: false,
} as const satisfies Schema;

const bellBuzzer = {
  type: "object",
  properties: { id: idSchema, name: nameSchema, driver: { const: "bell" } },
  required: ["id", "name", "driver"],
  additionalProperties: false,
} as const satisfies Schema;

/** Shape of devices/buzzers/*.yaml. */
export const buzzerSchema = {
  description: "A buzzer model: what makes it sound.",
  type: "object",
  discriminator: { propertyName: "driver" },
  required: ["driver"],
  oneOf: [readerBuzzer, serialBuzzer, wavBuzzer, bellBuzzer],
} as const satisfies Schema;

export type ReaderBuzzerDefinition = FromSchema<typeof readerBuzzer>;
export type SerialBuzzerDefinition = FromSchema<typeof serialBuzzer>;
export type WavBuzzerDefinition = FromSchema<typeof wavBuzzer>;
export type BellBuzzerDefinition = FromSchema<typeof bellBuzzer>;
export type EscapeCommands = FromSchema<typeof commands>;
