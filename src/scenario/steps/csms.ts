import { actionOf } from "../action.ts";
import { type Alternative, alternativeOf } from "../alternatives.ts";
import type { AnswerChange } from "../bench.ts";
import { accessMode, cardOf, roamingOf } from "../card.ts";
import { commandOf, type Deed, typedIn } from "../command.ts";
import { ERROR_CODES } from "../error-codes.ts";
import { yaml } from "../examples.ts";
import { checkPayload } from "../members.ts";
import { oneOf, readEach, StepProblem } from "../problem.ts";
import {
  captureSchema,
  cardSchema,
  durationSchema,
  flag,
  MODES,
  object,
  roamingSchema,
  text,
  uidSchema,
  withSchema,
  word,
} from "../schemas.ts";
import { defineStep, type Known } from "../step.ts";
import { duration, truth } from "../units.ts";

type Raw = Readonly<Record<string, unknown>>;

/** How an answer departs from the standard one: at least one of these. */
const CHANGES = ["with", "error", "drop", "delay", "id"] as const;

interface CsmsWord extends Alternative {
  readonly deed: (raw: Raw, known: Known) => Deed;
}

const alone = (deed: CsmsWord["deed"]): CsmsWord => ({ beside: [], deed });

/** What the central system can be told, by the key that says it. */
const DEEDS: Readonly<Record<string, CsmsWord>> = {
  answer: {
    beside: [...CHANGES, "merge", "once", "standard", "raw"],
    deed: (raw, known) => {
      const { action, change } = readEach({
        action: () => answered(raw, known),
        change: () => (truth(["standard"], raw.standard) ? mustBeStandard(raw) : changeOf(raw)),
        members: () => mayBeAnswered(raw, known),
      });
      return (central) => (change === undefined ? central.reset(action) : central.answer(action, change));
    },
  },
  answers: alone((raw) => {
    oneOf(["answers"], raw.answers, ["standard"], "way to answer");
    return (central) => central.reset();
  }),
  send: { beside: ["payload", "raw", "expect", "capture"], deed: commandOf },
  text: alone((raw) => (central) => central.sendText(String(raw.text))),
  disconnect: alone(({ disconnect }) => {
    if (!truth(["disconnect"], disconnect ?? true))
      throw new StepProblem(
        ["disconnect"],
        "it cuts no connection",
        "Write disconnect: true, or leave it out.",
      );
    return (central) => central.disconnect();
  }),
  mode: alone((raw) => {
    const mode = accessMode(["mode"], raw.mode);
    return (central) => central.mode(mode);
  }),
  card: alone((raw, known) => {
    const card = cardOf(["card"], raw.card, known);
    return (central) => central.addCard(card);
  }),
  "remove-card": alone((raw) => (central) => central.removeCard(String(raw["remove-card"]))),
  block: alone((raw) => (central) => central.blockCard(String(raw.block), true)),
  unblock: alone((raw) => (central) => central.blockCard(String(raw.unblock), false)),
  roaming: alone((raw, known) => {
    const contract = roamingOf(["roaming"], raw.roaming, known);
    return (central) => central.addRoaming(contract);
  }),
  approve: alone((raw) => {
    const isApproved = truth(["approve"], raw.approve);
    return (central) => central.approve(isApproved);
  }),
};

/** `csms`: what the built-in central system does, and how it departs from its standard answers. */
export const csms = defineStep<Deed>({
  describe: "Let the built-in central system send a command, answer otherwise, or change its records.",
  schema: {
    ...object({
      answer: {
        ...text,
        description: "Action of the station's requests that are answered otherwise from now on.",
      },
      with: {
        type: "object",
        description: "The answer's payload, laid over the standard one.",
      },
      merge: { ...flag, description: "False: the payload is all there is." },
      error: { ...word(ERROR_CODES), description: "A CALLERROR of this code instead." },
      drop: word(["request", "answer"], "Lost: the request before, or the answer after it was dealt with."),
      delay: { ...durationSchema, description: "The answer comes so much later." },
      id: { ...text, description: "The answer has this message id." },
      once: { ...flag, description: "Only the next request." },
      standard: { ...flag, description: "From now on as if nothing had been set for this action." },
      answers: word(["standard"], "As if nothing had been set for any action."),
      send: { ...text, description: "A command: its action." },
      payload: { description: "The command's payload." },
      raw: { ...flag, description: "Send it, or answer so, although it does not fit the schema." },
      expect: { ...withSchema, description: "Members that the station's answer must have." },
      capture: captureSchema,
      text: { type: "string", description: "A frame as text, whatever it is." },
      disconnect: { ...flag, description: "Cut the connection." },
      mode: { ...text, description: `Who may charge: ${MODES.join(", ")}.` },
      card: { ...cardSchema, description: "Put a card on the whitelist." },
      "remove-card": { ...uidSchema, description: "Take a card off the whitelist." },
      block: { ...uidSchema, description: "Block a card on it." },
      unblock: { ...uidSchema, description: "The card is good again." },
      roaming: { ...roamingSchema, description: "A contract that the roaming hub knows." },
      approve: {
        ...flag,
        description: "The station's next BootNotification is Accepted, or (false) Pending.",
      },
    }),
    title: `something that the central system does: ${Object.keys(DEEDS).join(", ")}`,
  },
  examples: [
    "- csms: { send: ClearCache }",
    yaml`
      - csms: { send: RemoteStartTransaction, payload: { idTag: 04A2241BC85E80 }, expect: { status: Accepted } }
        ocpp: 1.6
      - csms:
          send: RequestStartTransaction
          payload: { remoteStartId: 1, idToken: { idToken: 04A2241BC85E80, type: ISO14443 } }
          expect: { status: Accepted }
          capture: { answer: status } # $answer
        ocpp: 2.0.1`,
    yaml`
      - csms: { send: Reset, payload: { type: Sideways }, raw: true, expect: { error: <any> } } # does not fit
      - csms: { send: x-Unheard, expect: { error: /^Not/ } } # x-: an action that OCPP does not have
      - csms: { text: rubbish } # a frame as text`,
    yaml`
      - csms: { answer: Authorize, delay: 20 s } # from now on; with once: true the next time only
      - tap: 04A2241BC85E80
      - expect: { verdict: accepted, with: { ms: 20000.. } }
      - csms: { answer: Authorize, standard: true } # no more; answers: standard for all actions`,
    yaml`
      - csms:
          answer: Authorize
          with: { 1.6: { idTagInfo: { status: Blocked } }, 2.0.1: { idTokenInfo: { status: Blocked } } }
      - tap: 04A2241BC85E80
      - expect: { verdict: rejected, because: Blocked }
      - csms: { answers: standard }`,
    yaml`
      - csms: { answer: Heartbeat, with: { time: now }, raw: true, merge: false } # nothing else in it, and wrong
      - csms: { answer: DataTransfer, error: InternalError } # a CALLERROR
      - csms: { answer: Authorize, drop: answer, once: true } # dealt with, and no answer; request: never heard
      - csms: { answer: MeterValues, id: nobodys } # with a wrong message id`,
    yaml`
      - csms: { disconnect: true }
      - expect: { fact: link, with: { state: connected }, within: 1 min }`,
    yaml`
      - csms: { card: 04B3352CD96F91 } # on the whitelist
      - csms: { card: { id: 04C4463DEA7082, nickname: Blue card, expiry: "2031-01-01T00:00:00Z" } }
      - csms: { block: 04B3352CD96F91 }
      - csms: { unblock: 04B3352CD96F91 }
      - csms: { remove-card: 04B3352CD96F91 }`,
    yaml`
      - csms: { mode: Roaming + whitelisting }
      - csms: { roaming: { id: 04D5574EFB8193, contract: NL-TNM-C12345678 } }
      - tap: 04D5574EFB8193
      - expect: { verdict: accepted }`,
    yaml`
      - csms: { approve: false } # the next BootNotification is Pending
      - restart:
      - expect: { fact: registration, with: { status: Pending } }
      - csms: { approve: true }
      - expect: { fact: registration, with: { status: Accepted }, within: 10 min }`,
  ],
  needs: () => ["central"],
  typed: typedIn,
  parse(value, known) {
    const raw = (value ?? {}) as Raw;
    return alternativeOf(raw, DEEDS, {
      none: "it does not say what the central system does",
      two: "things",
      instead: "Write each in a step of its own.",
      example: "csms: { answer: Authorize, delay: 5 s }.",
    }).deed(raw, known);
  },
  async run(deed, at) {
    const { central } = at.bench;
    if (central !== undefined) await deed(central, at);
  },
});

/** @throws StepProblem for an action that no station asks for: nothing would ever be answered so */
function answered(raw: Raw, known: Known): string {
  const action = actionOf(["answer"], raw.answer, known);
  if (known.sendersOf(action).includes("station")) return action;
  throw new StepProblem(
    ["answer"],
    `no station asks for ${action}: it is a command of the central system`,
    `Send it: csms: { send: ${action} }.`,
  );
}

/** What an answer says, unless it is wrong on purpose. @throws StepProblem */
function mayBeAnswered(raw: Raw, known: Known): void {
  if (truth(["raw"], raw.raw)) return;
  const action = actionOf(["answer"], raw.answer, known);
  checkPayload(raw.with, { action, kind: "response" }, known, ["with"], "part");
}

/** The programmed answers to an action are taken back: nothing is said besides. @throws StepProblem */
function mustBeStandard(raw: Raw): undefined {
  const other = [...CHANGES, "once"].find((key) => raw[key] !== undefined);
  if (other === undefined) return undefined;
  throw new StepProblem(
    [other],
    `"${other}" is not the standard answer`,
    "Leave it out, or standard: true: what is set counts from then on anyway.",
  );
}

function changeOf(raw: Raw): AnswerChange {
  if (CHANGES.every((key) => raw[key] === undefined)) {
    throw new StepProblem(
      ["answer"],
      "it does not say how it is answered",
      `Add one of ${CHANGES.join(", ")}, or standard: true.`,
    );
  }
  const { once, merge, code, drop, delayMs } = readEach({
    once: () => truth(["once"], raw.once),
    merge: () => truth(["merge"], raw.merge ?? true),
    code: () =>
      raw.error === undefined ? undefined : oneOf(["error"], raw.error, ERROR_CODES, "error code of OCPP"),
    drop: () =>
      raw.drop === undefined ? undefined : oneOf(["drop"], raw.drop, ["request", "answer"], "thing to lose"),
    delayMs: () => (raw.delay === undefined ? undefined : duration(["delay"], raw.delay)),
  });
  return {
    ...(once ? { once } : {}),
    ...(raw.with === undefined ? {} : { answer: raw.with, merge }),
    ...(code === undefined ? {} : { error: { code, description: "on purpose" } }),
    ...(drop === undefined ? {} : { drop }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(raw.id === undefined ? {} : { messageId: String(raw.id) }),
  };
}
