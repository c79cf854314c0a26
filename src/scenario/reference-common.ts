import { commonMembers, factKinds, factMembers, type Members, type Shape } from "../station/fact-shapes.ts";
import { inFlow, yaml } from "./examples.ts";
import { matchers } from "./matchers.ts";
import { builtIn } from "./names.ts";
import { durationSchema, energySchema, powerSchema, shareSchema, uidSchema } from "./schemas.ts";
import type { Member, Section } from "./section.ts";
import type { Schema } from "./step.ts";

/* What the reference says of no step alone. */

const member = (name: string, value: string, meaning: string): Member => ({
  name,
  value,
  meaning,
  required: false,
});

const quantity = (name: string, { examples = [], description = "" }: Schema): Member =>
  member(name, String(examples[0]), description);

/** The head of a scenario, but for its members. */
export const head: Omit<Section, "members"> = {
  name: "scenario",
  isStep: false,
  describe: "A file is one scenario, or several with a line of three hyphens (---) between.",
  notes: [
    "It is run once in each OCPP version, and in each of these once for every row of its data. Files whose name begins with _ are only included.",
  ],
  examples: [
    yaml`
      name: A card charges
      shows: Who taps a known card and plugs in gets energy
      spec: OCPP 1.6 §5.2
      tags: [sessions, smoke] # chosen by --tag smoke
      steps:
        - tap: 04A2241BC85E80
        - plug:
        - expect: { transaction: started }`,
    yaml`
      name: Card $uid is $outcome # each row is a scenario of its own
      ocpp: 1.6 # default: all versions
      data: # or a CSV file: data: cards.csv
        - { uid: 04A2241BC85E80, outcome: accepted }
        - { uid: 04B3352CD96F91, outcome: rejected }
      steps:
        - tap: $uid # the column uid
        - expect: { verdict: $outcome }`,
    yaml`
      name: Without network the station's list decides
      vars: { card: 04A2241BC85E80 }
      station:
        evses: 2
        settings: { LocalPreAuthorize: true, OCPPCommCtrlr.HeartbeatInterval: 60 }
        list: [04A2241BC85E80, { id: 04B3352CD96F91, status: Blocked }]
      central:
        mode: Whitelisting
        cards: [04A2241BC85E80, { id: 04C4463DEA7082, blocked: true }]
      setup:
        - network: down
      steps:
        - tap: $card
        - expect: { verdict: accepted, by: list }
      teardown: # also after a failure
        - network: up
      timeout: 1 h`,
    yaml`
      name: A defect that is known
      expect-failure: nobody has mended it yet # passes while it fails
      steps:
        - tap: 04B3352CD96F91
        - expect: { verdict: accepted, within: 1 s }`,
    yaml`
      name: A firmware that is offered by HTTP
      ocpp: 1.6
      station: { password: no real one please, security-profile: 2 } # TLS and a password
      central: { files: { v2: "firmwareVersion: 2.0.0" } }
      steps:
        - csms: { send: UpdateFirmware, payload: { location: $files.v2.url, retrieveDate: $now } }
        - expect: { fact: file, with: { event: fetched, name: v2.img } }`,
  ],
  files: {},
};

/** What stands in the values of steps. */
export const values: readonly Section[] = [
  {
    name: "values",
    isStep: false,
    describe: "Quantities have their unit, so that nobody has to guess.",
    notes: [
      "A map whose keys are OCPP versions is the value for each of them, wherever a value stands; ocpp: beside a step makes the whole step one of that version.",
    ],
    members: [
      quantity("duration", durationSchema),
      quantity("energy", energySchema),
      quantity("power", powerSchema),
      quantity("share", shareSchema),
      quantity("UID", uidSchema),
    ],
    examples: [
      yaml`
        - tap: 04B3352CD96F91
        - expect: { verdict: rejected, because: { 1.6: Invalid, 2.0.1: Unknown } }
        - expect: { answer: Authorize, with: { idTagInfo: { status: Invalid } }, since: start }
          ocpp: 1.6`,
    ],
    files: {},
  },
  {
    name: "variables",
    isStep: false,
    describe: "$name in any text is filled in; alone it is the value itself: a number, list or map.",
    notes: [
      "Alone it takes the kind that its place wants, where nothing is lost: a column of a CSV file, always a text, is a number, or true or false, in a payload or matcher, and 12345678 is a text; 007 is no number, and 1.50 stays so where a text is wanted. What is written in place, and what is sent raw or by send, stays as it is.",
      "Variables are vars: and the columns of data: in the head, what capture: names in expect, csms and shell, the item of for-each, and vars: of include.",
      "A name has letters, digits and _, and begins with no digit; a column of another name is no variable. Columns are separated by commas, semicolons or tabs.",
      `$name.member is a member of a map, $name.0 an item of a list, $\{name} stands where a letter follows, $$ is a dollar sign. These are always there:`,
    ],
    members: Object.entries(builtIn).map(([name, meaning]) => member(`$${name}`, "", meaning)),
    examples: [
      yaml`
        - tap: 04A2241BC85E80
        - expect: { message: Authorize, capture: { tag: { 1.6: idTag, 2.0.1: idToken.idToken } } }
        - transfer: { vendor: com.example, data: "$\{tag}_at_$station" }
        - expect: { message: DataTransfer, with: { data: 04A2241BC85E80_at_CP001 } }`,
    ],
    files: {},
  },
  {
    name: "matchers",
    isStep: false,
    describe: "What with: of expect, and expect: of csms, say that a value must be.",
    notes: [],
    members: matchers.map(({ wanted, meaning }) => member(inFlow(wanted), "", meaning)),
    examples: [
      yaml`
        - expect:
            message: BootNotification
            with:
              1.6: { chargePointVendor: <text>, iccid: <absent> }
              2.0.1: { reason: { oneOf: [PowerUp, RemoteReset] }, chargingStation: { model: /./ } }
            since: start`,
    ],
    files: {},
  },
  {
    name: "facts",
    isStep: false,
    describe: "What the journal records, and what members each kind has: fact: of expect, with with:.",
    notes: [
      `Every fact has ${Object.keys(commonMembers).join(", ")} too. tapstation start --json prints each as it happens.`,
    ],
    members: factKinds.map((kind) => member(kind, "", membersText(factMembers[kind]))),
    examples: [
      yaml`
        - network: down
        - expect: { fact: link, with: { state: disconnected, why: /network/ } }
        - tap: 04A2241BC85E80
        - expect: { fact: card, with: { event: presented, uid: 04A2241BC85E80 }, capture: { at: time } }`,
    ],
    files: {},
  },
];

/** `state (connected, disconnected), why, token (idToken, type)`. */
function membersText(members: Members): string {
  return Object.entries(members)
    .map(([name, shape]) => `${name}${shapeText(shape)}`)
    .join(", ");
}

function shapeText(shape: Shape): string {
  if (typeof shape === "string") return "";
  if ("words" in shape) return ` (${shape.words.join(", ")})`;
  if ("list" in shape) return `[]${shapeText(shape.list)}`;
  return ` (${membersText(shape.members)})`;
}
