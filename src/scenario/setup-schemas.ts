import {
  cardSchema,
  durationSchema,
  flag,
  MODES,
  object,
  roamingSchema,
  text,
  tokenSchema,
  wholeSchema,
  word,
} from "./schemas.ts";
import type { Schema } from "./step.ts";

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

/** What stands before the first step, by the key that says it. */
export const setupSchemas = { station, central };
