import { quirkHelp, quirkNames } from "../../station/quirks.ts";
import { idSchema, nameSchema } from "./common-schema.ts";
import type { FromSchema, Schema } from "./from-schema.ts";

const pattern = {
  type: "object",
  properties: {
    tones: {
      type: "array",
      maxItems: 20,
      items: {
        type: "object",
        properties: {
          hz: { type: "integer", minimum: 0, maximum: 15000, description: "0 is a pause." },
          ms: { type: "integer", minimum: 1, maximum: 5000 },
        },
        required: ["hz", "ms"],
        additionalProperties: false,
      },
    },
    repeat: {
      type: "integer",
      minimum: 2,
      maximum: 10,
      description: "How often the tones are played; end them with a pause. Once when absent.",
    },
    light: { enum: ["green", "red", "blue", "off"] },
    lightMs: {
      type: "integer",
      minimum: 50,
      maximum: 60000,
      description: "How long the light stays, at least as long as the tones. 1500 when absent.",
    },
  },
  required: ["tones", "light"],
  additionalProperties: false,
} as const satisfies Schema;

const idToken = {
  type: "object",
  description:
    "How this model makes an idToken of a card's UID. When absent: hex, byte 0 first, upper case (OCPP 1.6 section 3.9).",
  properties: {
    order: { enum: ["forward", "reverse"] },
    radix: { enum: ["hex", "decimal"] },
    case: { enum: ["upper", "lower"] },
    bytes: { type: "integer", minimum: 1, maximum: 10, description: "Only the first so many bytes." },
    separator: { type: "string", maxLength: 2 },
    pad: {
      type: "integer",
      minimum: 1,
      maximum: 36,
      description: "Filled with 0 up to so many characters.",
    },
    padSide: { enum: ["start", "end"] },
    prefix: { type: "string", maxLength: 16 },
    suffix: { type: "string", maxLength: 16 },
  },
  additionalProperties: false,
} as const satisfies Schema;

const evses = {
  type: "object",
  description: "The EVSEs, all alike, one connector each.",
  properties: {
    count: { type: "integer", minimum: 1, maximum: 100 },
    current: { enum: ["AC", "DC"] },
    phases: { enum: [1, 3], description: "Phases of the supply." },
    voltageV: {
      type: "integer",
      minimum: 48,
      maximum: 1500,
      description: "AC: phase to neutral. DC: at the outlet while charging.",
    },
    maxPowerW: { type: "integer", minimum: 1000, maximum: 4000000 },
    lock: {
      type: "boolean",
      description:
        "Does the socket hold the cable by a lock? When absent: sockets for a type 2 or 3 plug do. A fixed cable (connectorType c...) has none.",
    },
    connectorType: {
      description: "OCPP 2.0.1 ConnectorEnumType: c... is a fixed cable, s... a socket.",
      enum: [
        "cCCS1",
        "cCCS2",
        "cG105",
        "cTesla",
        "cType1",
        "cType2",
        "s309-1P-16A",
        "s309-1P-32A",
        "s309-3P-16A",
        "s309-3P-32A",
        "sBS1361",
        "sCEE-7-7",
        "sType2",
        "sType3",
      ],
    },
  },
  required: ["count", "current", "phases", "voltageV", "maxPowerW", "connectorType"],
  additionalProperties: false,
} as const satisfies Schema;

const settingNames = {
  type: "array",
  maxItems: 100,
  items: { type: "string", minLength: 1, maxLength: 100 },
} as const satisfies Schema;

const keys = {
  type: "object",
  description: "How this model's configuration keys differ, by OCPP 1.6 key or 2.0.1 Component.Variable.",
  properties: {
    lacks: { ...settingNames, description: "Unknown here; what a boolean among them switches is off." },
    readOnly: { ...settingNames, description: "A change is Rejected." },
    rebootRequired: { ...settingNames, description: "A change takes effect with the next start." },
    own: {
      type: "array",
      maxItems: 100,
      description: "Keys that only this model has.",
      items: {
        type: "object",
        properties: {
          key: { type: "string", minLength: 1, maxLength: 50 },
          type: { enum: ["boolean", "integer", "string", "MemberList"] },
          default: { type: "string", maxLength: 500 },
          access: { enum: ["ReadOnly", "ReadWrite", "WriteOnly"] },
          min: { type: "integer" },
          max: { type: "integer", description: "Of an integer its value, of a text its length." },
          options: { type: "array", items: { type: "string" }, description: "What a list may have." },
          rebootRequired: { type: "boolean" },
        },
        required: ["key", "type", "default"],
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
} as const satisfies Schema;

const meter = {
  type: "object",
  properties: {
    measurands: {
      type: "array",
      minItems: 1,
      description: "What the meter offers; when absent, everything that there is on its supply.",
      items: { type: "string" },
    },
    signed: {
      enum: ["ocmf", "oca"],
      description:
        "The meter signs its register at begin and end of a transaction (OCMF). In OCPP 1.6 the signed value is the OCMF text itself (ocmf), or the JSON envelope of the Open Charge Alliance's application note (oca).",
    },
  },
  additionalProperties: false,
} as const satisfies Schema;

/** Shape of devices/stations/*.yaml. */
export const stationSchema = {
  description: "A charging station model: who it says it is, what it has, and how it differs from the rest.",
  type: "object",
  properties: {
    id: idSchema,
    name: nameSchema,
    identity: {
      type: "object",
      description: "BootNotification. Lengths as in OCPP 1.6, the stricter of the versions.",
      properties: {
        vendorName: { type: "string", minLength: 1, maxLength: 20 },
        model: { type: "string", minLength: 1, maxLength: 20 },
        serialNumber: { type: "string", minLength: 1, maxLength: 25 },
        firmwareVersion: { type: "string", minLength: 1, maxLength: 50 },
      },
      required: ["vendorName", "model"],
      additionalProperties: false,
    },
    evses,
    idToken,
    settings: {
      type: "object",
      description:
        "Factory values that differ from the house's, by OCPP 2.0.1 Component.Variable or Component.Variable.Instance.",
      propertyNames: {
        type: "string",
        pattern: "^[A-Za-z0-9]+\\.[A-Za-z0-9]+(\\.[A-Za-z0-9]+)?$",
        description: "Write Component.Variable as in OCPP 2.0.1, for example AuthCtrlr.LocalPreAuthorize.",
      },
      additionalProperties: { type: ["string", "number", "boolean"] },
    },
    keys,
    firmware: {
      type: "object",
      properties: {
        installSeconds: {
          type: "integer",
          minimum: 0,
          maximum: 86400,
          description: "How long an installation takes, unless the image says it itself.",
        },
        signedOnly: {
          type: "boolean",
          description:
            "Unsigned updates are refused, as the security white paper of OCPP 1.6 wants it (L01.FR.20).",
        },
      },
      additionalProperties: false,
    },
    meter,
    dataTransfer: {
      type: "array",
      maxItems: 50,
      description: "Whose DataTransfer this model understands. All others are UnknownVendorId.",
      items: {
        type: "object",
        properties: {
          vendorId: { type: "string", minLength: 1, maxLength: 255 },
          messages: {
            type: "array",
            description: "What is not among them is UnknownMessageId.",
            items: {
              type: "object",
              properties: {
                messageId: {
                  type: "string",
                  minLength: 1,
                  maxLength: 50,
                  description: "When absent: messages without an id, and all that no other entry names.",
                },
                status: { enum: ["Accepted", "Rejected"], description: "When absent: Accepted." },
                data: { type: "string", maxLength: 5000, description: "The answer's data." },
                echo: { type: "boolean", description: "The answer's data is what came." },
                setting: { type: "string", description: "The answer's data is this key's value." },
              },
              additionalProperties: false,
            },
          },
        },
        required: ["vendorId", "messages"],
        additionalProperties: false,
      },
    },
    quirks: {
      type: "array",
      maxItems: 20,
      description: `What this model does otherwise. ${quirkNames.map((q) => `${q}: ${quirkHelp(q)}`).join(" ")}`,
      items: { enum: quirkNames },
    },
    errors: {
      type: "object",
      description: "The vendor's own error codes in StatusNotification, by OCPP's, NoError among them.",
      properties: {
        vendorId: { type: "string", minLength: 1, maxLength: 255 },
        codes: { type: "object", additionalProperties: { type: "string", minLength: 1, maxLength: 50 } },
      },
      required: ["codes"],
      additionalProperties: false,
    },
    battery: {
      type: "boolean",
      description: "In a power cut it ends its transactions, and tells so, before it goes down.",
    },
    signals: {
      type: "object",
      description: "Signals that sound or look different on this model.",
      properties: {
        read: pattern,
        accepted: pattern,
        rejected: pattern,
        fault: pattern,
        ready: pattern,
      },
      additionalProperties: false,
    },
    beepsBySelf: {
      type: "boolean",
      description: "The model's own reader beeps when it reads a card: no read signal is played besides.",
    },
  },
  required: ["id", "name", "identity", "evses"],
  additionalProperties: false,
} as const satisfies Schema;

export type StationDefinition = FromSchema<typeof stationSchema>;
