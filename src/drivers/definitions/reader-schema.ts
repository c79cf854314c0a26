import { hexId, idSchema, nameSchema } from "./common-schema.ts";
import type { FromSchema, Schema } from "./from-schema.ts";

const frame = {
  type: "object",
  description:
    "How one message of the reader is told from the next: by an end character, by a fixed length, or (without both) by silence.",
  properties: {
    start: {
      type: "string",
      minLength: 1,
      maxLength: 1,
      description: 'Character that a frame begins with, for example "\\x02". What stands before it is noise.',
    },
    end: {
      type: "string",
      minLength: 1,
      maxLength: 1,
      description: 'Character that ends a frame. "\\n" stands for CR, LF and CR LF alike.',
    },
    length: {
      type: "integer",
      minimum: 4,
      maximum: 64,
      description: "Characters in a frame, for readers that send no end character.",
    },
    lengthAt: {
      type: "integer",
      minimum: 1,
      maximum: 4,
      description:
        "For binary frames with a start and an end: which of their bytes (the start is number 0) says how many bytes the whole frame has.",
    },
    silenceMs: {
      type: "integer",
      minimum: 20,
      maximum: 5000,
      description:
        "After so many milliseconds without a byte, a frame without end and length is complete; any other that was begun is given up. 250 when absent.",
    },
  },
  additionalProperties: false,
} as const satisfies Schema;

const uid = {
  type: "object",
  description: "How the text of a frame spells the UID.",
  properties: {
    text: {
      enum: ["hex", "labelled hex", "decimal bytes", "decimal number", "decimal parts", "binary"],
      description:
        'hex: 04A1B2C3 or 04 A1 B2 C3. labelled hex: the same after a label that ends with ":" or "=". decimal bytes: 4 161 178 195. decimal number: 77705923. decimal parts: several numbers, 024,17812 or 02417812. binary: the bytes themselves.',
    },
    parts: {
      type: "array",
      items: { type: "integer", minimum: 1, maximum: 4 },
      minItems: 2,
      maxItems: 4,
      description: "Bytes in each of the decimal parts. One byte has 3 digits, two have 5, three 8, four 10.",
    },
    digits: {
      type: "integer",
      minimum: 8,
      maximum: 25,
      description: "Digits of a decimal number, zeros in front included. Any number when absent.",
    },
    prefix: {
      type: "string",
      minLength: 1,
      maxLength: 40,
      description: "Text that stands before every UID; a frame without it is none.",
    },
    suffix: { type: "string", minLength: 1, maxLength: 40, description: "The same behind every UID." },
    drop: {
      type: "integer",
      minimum: 1,
      maximum: 16,
      description:
        "Bytes behind the UID that are none of it, for example a checksum of a kind that is not known.",
    },
    skip: {
      type: "integer",
      minimum: 1,
      maximum: 16,
      description: "Bytes before the UID that are none of it.",
    },
    bytes: {
      type: "array",
      items: { type: "integer", minimum: 3, maximum: 10 },
      minItems: 1,
      maxItems: 5,
      description:
        "UID lengths that this reader delivers, in bytes; 3 for one that keeps the rest to itself (Wiegand 26). Any other length is not a UID.",
    },
    order: {
      enum: ["forward", "reverse"],
      description: "reverse: the reader sends the last byte first. forward when absent.",
    },
    checksum: {
      enum: ["xor", "sum"],
      description:
        "One more byte follows: the exclusive or of all bytes before it, those skipped included, or the lowest byte of their sum.",
    },
    technology: {
      enum: ["ISO14443", "ISO15693", "EM4100"],
      description:
        "What the reader reads. When absent it is told by the length: 5 bytes EM4100, 8 ISO15693, others ISO14443.",
    },
  },
  required: ["text", "bytes"],
  additionalProperties: false,
} as const satisfies Schema;

const presence = {
  type: "object",
  description: "When a card counts as gone, and when the same card counts as a new tap.",
  properties: {
    gapMs: {
      type: "integer",
      minimum: 50,
      maximum: 10000,
      description:
        "The card is gone after so many milliseconds of silence. Must exceed the time between two reports of a card that is held.",
    },
    minHoldMs: {
      type: "integer",
      minimum: 0,
      maximum: 10000,
      description: "A card that is held for less is no tap, but a fact. 0 when absent.",
    },
    several: {
      enum: ["each", "first", "none"],
      description:
        "Two cards in the field. each: each is a tap. first: only the one that lay there first. none: neither, unless the first was told already. each when absent.",
    },
    repeatMs: {
      type: "integer",
      minimum: 1000,
      maximum: 600000,
      description: "A card that stays is a new tap every so many milliseconds. Never when absent.",
    },
    debounceMs: {
      type: "integer",
      minimum: 0,
      maximum: 60000,
      description: "The same card within so many milliseconds after it went is not a new tap.",
    },
  },
  required: ["gapMs", "debounceMs"],
  additionalProperties: false,
} as const satisfies Schema;

const shared = {
  id: idSchema,
  name: nameSchema,
  beepsBySelf: {
    type: "boolean",
    description:
      "The reader beeps by itself when it reads a card, so the station does not play its read signal as well.",
  },
  buzzer: { ...idSchema, description: "Id of the buzzer definition for the buzzer inside this reader." },
  indicator: { ...idSchema, description: "Id of the indicator definition for the lights of this reader." },
} as const;

const portMatch = {
  type: "array",
  description: "Fingerprints of the port that this reader makes; in each, everything given must fit.",
  items: {
    type: "object",
    properties: {
      vendorId: hexId,
      productId: hexId,
      manufacturer: {
        type: "string",
        minLength: 2,
        description: "Part of the manufacturer's name as the system tells it, upper or lower case.",
      },
      path: {
        type: "string",
        minLength: 3,
        description: "The port's path or its name under /dev/serial/by-id; * stands for anything.",
      },
    },
    minProperties: 1,
    additionalProperties: false,
  },
} as const satisfies Schema;

const line = {
  type: "object",
  description: "The serial line. 8 data bits, no parity, 1 stop bit when absent.",
  properties: {
    baudRate: { type: "integer", minimum: 300, maximum: 4000000 },
    dataBits: { enum: [7, 8] },
    parity: { enum: ["none", "even", "odd"] },
    stopBits: { enum: [1, 2] },
  },
  required: ["baudRate"],
  additionalProperties: false,
} as const satisfies Schema;

const serialReader = {
  type: "object",
  properties: { ...shared, driver: { const: "serial" }, match: portMatch, line, frame, uid, presence },
  required: ["id", "name", "driver", "beepsBySelf", "line", "frame", "uid", "presence"],
  additionalProperties: false,
} as const satisfies Schema;

const binaryReader = {
  type: "object",
  properties: {
    ...shared,
    driver: { const: "serial-binary" },
    match: portMatch,
    line,
    protocol: {
      enum: ["pn532-hsu", "gwiot-7941w"],
      description: "What is spoken on the line: the reader tells of cards only when it is asked.",
    },
    pollMs: {
      type: "integer",
      minimum: 20,
      maximum: 5000,
      description: "Rest between two questions, in milliseconds.",
    },
    presence,
  },
  required: ["id", "name", "driver", "beepsBySelf", "line", "protocol", "pollMs", "presence"],
  additionalProperties: false,
} as const satisfies Schema;

const keyboardReader = {
  type: "object",
  properties: {
    ...shared,
    driver: { const: "keyboard" },
    match: {
      type: "array",
      description:
        "Fingerprints of the keyboard that this reader pretends to be; in each, everything given must fit.",
      items: {
        type: "object",
        properties: {
          vendorId: hexId,
          productId: hexId,
          name: {
            type: "string",
            minLength: 3,
            description: "Part of the device's name as the system tells it, upper or lower case.",
          },
        },
        minProperties: 1,
        additionalProperties: false,
      },
    },
    keyboard: {
      type: "object",
      description: "How the reader types.",
      properties: {
        layout: {
          enum: ["us", "de", "fr"],
          description: "The keyboard whose keys it presses; us when absent.",
        },
        idleMs: {
          type: "integer",
          minimum: 20,
          maximum: 5000,
          description:
            "After so many milliseconds without a key, what was typed is complete: many readers send no Enter. 150 when absent.",
        },
      },
      additionalProperties: false,
    },
    uid,
    presence,
  },
  required: ["id", "name", "driver", "beepsBySelf", "uid", "presence"],
  additionalProperties: false,
} as const satisfies Schema;

const pcscReader = {
  type: "object",
  properties: {
    ...shared,
    driver: { const: "pcsc" },
    usb: {
      type: "array",
      description: "Its USB ids: how it is told from others when the PC/SC service does not see it.",
      items: {
        type: "object",
        properties: { vendorId: hexId, productId: hexId },
        required: ["vendorId", "productId"],
        additionalProperties: false,
      },
    },
    match: {
      type: "array",
      description: "How the PC/SC system names this reader.",
      items: {
        type: "object",
        properties: {
          name: {
            type: "string",
            minLength: 3,
            description: "Part of the reader's name, upper or lower case.",
          },
        },
        required: ["name"],
        additionalProperties: false,
      },
      minItems: 1,
    },
    presence: {
      type: "object",
      description: "What counts as a tap. The reader itself tells when a card comes and goes.",
      properties: {
        debounceMs: presence.properties.debounceMs,
        minHoldMs: presence.properties.minHoldMs,
        repeatMs: presence.properties.repeatMs,
      },
      additionalProperties: false,
    },
  },
  required: ["id", "name", "driver", "beepsBySelf", "match"],
  additionalProperties: false,
} as const satisfies Schema;

/** Shape of devices/readers/*.yaml. */
export const readerSchema = {
  description: "A card reader model: how it is recognised, how it is spoken to and what it sends.",
  type: "object",
  discriminator: { propertyName: "driver" },
  required: ["driver"],
  oneOf: [pcscReader, serialReader, binaryReader, keyboardReader],
} as const satisfies Schema;

export type PcscReaderDefinition = FromSchema<typeof pcscReader>;
export type SerialReaderDefinition = FromSchema<typeof serialReader>;
export type BinaryReaderDefinition = FromSchema<typeof binaryReader>;
export type KeyboardReaderDefinition = FromSchema<typeof keyboardReader>;
export type FrameForm = FromSchema<typeof frame>;
export type UidForm = FromSchema<typeof uid>;
export type PresenceForm = FromSchema<typeof presence>;
