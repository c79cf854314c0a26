import { byteCommand, idSchema, nameSchema } from "./common-schema.ts";
import type { FromSchema, Schema } from "./from-schema.ts";

const shared = { id: idSchema, name: nameSchema } as const;

const readerIndicator = {
  type: "object",
  properties: {
    ...shared,
    driver: { const: "reader" },
    lights: {
      type: "object",
      description:
        "The escape command for each light, as hex bytes. A colour that the reader has not is left out.",
      properties: { green: byteCommand, red: byteCommand, blue: byteCommand, off: byteCommand },
      required: ["off"],
      additionalProperties: false,
    },
    answer: { ...byteCommand, description: "What a good answer begins with." },
  },
  required: ["id", "name", "driver", "lights", "answer"],
  additionalProperties: false,
} as const satisfies Schema;

const serialIndicator = {
  type: "object",
  properties: {
    ...shared,
    driver: { const: "serial" },
    baudRate: { type: "integer", minimum: 300, maximum: 4000000 },
    command: {
      type: "string",
      minLength: 3,
      maxLength: 80,
      pattern: "\\{light\\}",
      description: "The line that shows one light; {light} is green, red, blue or off.",
    },
  },
  required: ["id", "name", "driver", "baudRate", "command"],
  additionalProperties: false,
} as const satisfies Schema;

/** Shape of devices/indicators/*.yaml. */
export const indicatorSchema = {
  description: "A light or display: what makes it show the colour of a signal.",
  type: "object",
  discriminator: { propertyName: "driver" },
  required: ["driver"],
  oneOf: [readerIndicator, serialIndicator],
} as const satisfies Schema;

export type ReaderIndicatorDefinition = FromSchema<typeof readerIndicator>;
export type SerialIndicatorDefinition = FromSchema<typeof serialIndicator>;
