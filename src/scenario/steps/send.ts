import { actionOf } from "../action.ts";
import { type Alternative, alternativeOf } from "../alternatives.ts";
import { yaml } from "../examples.ts";
import { StepProblem } from "../problem.ts";
import { object, text } from "../schemas.ts";
import { defineStep, type Known, StepFailure } from "../step.ts";

type Sent =
  | { readonly raw: string }
  | { readonly action: string; readonly payload: unknown; readonly id?: string };

/** What is sent is sent as it is written, so it has to be written right. @throws StepProblem */
function exactly(message: unknown, known: Known): string {
  const action = actionOf(["message"], message, known);
  if (action === message) return action;
  throw new StepProblem(
    ["message"],
    `"${String(message)}" is no message of OCPP`,
    `Did you mean "${action}"? If it is to be wrong, send the whole frame: raw.`,
  );
}

/** What to do without a connection. */
export const CONNECT_FIRST =
  "Let the station connect first: network: up, then expect: { fact: link, with: { state: connected } }.";
type Raw = Readonly<Record<string, unknown>>;

const FORMS: Readonly<Record<string, Alternative & { read(raw: Raw, known: Known): Sent }>> = {
  message: {
    beside: ["payload", "id"],
    read: ({ message, payload = {}, id }, known) => ({
      action: String(message).startsWith("x-") ? String(message) : exactly(message, known),
      payload,
      ...(id === undefined ? {} : { id: String(id) }),
    }),
  },
  raw: { beside: [], read: ({ raw }) => ({ raw: String(raw) }) },
};

/** `send`: any message of the station's, past its state machine. The journal marks it as injected. */
export const send = defineStep<Sent>({
  describe: "Send any message as the station, also a wrong one; the station itself knows nothing of it.",
  schema: object({
    message: { ...text, description: "Action of a request." },
    payload: { description: "Its payload, checked by nobody." },
    id: { ...text, description: "Its message id." },
    raw: { type: "string", description: "A whole frame as text, instead." },
  }),
  examples: [
    "- send: { message: Heartbeat }",
    yaml`
      - send: { message: DataTransfer, payload: { vendorId: com.example, surprise: 1 } } # does not fit the schema
      - expect: { error: DataTransfer }`,
    yaml`
      - send: { message: Heartbeat, id: the-same }
      - send: { message: Heartbeat, id: the-same } # an id that was used`,
    yaml`
      - send: { raw: '[2,"1","Authorize"' } # malformed: any text`,
    yaml`
      - send: { message: x-Unheard } # x-: an action that OCPP does not have
      - expect: { fact: frame, with: { messageType: CALLERROR, direction: in } }`,
  ],
  parse(value, known) {
    const raw = (value ?? {}) as Raw;
    return alternativeOf(raw, FORMS, {
      none: "it does not say what is sent",
      two: "messages",
      instead: "raw is the whole frame: leave the other out.",
      example: "send: { message: Heartbeat }.",
    }).read(raw, known);
  },
  async run(wanted, { bench }) {
    const frame =
      "raw" in wanted
        ? wanted.raw
        : JSON.stringify([
            2,
            wanted.id ?? `injected-${bench.journal.query({ last: 1 })[0]?.seq ?? 0}`,
            wanted.action,
            wanted.payload,
          ]);
    if (!bench.send(frame)) {
      throw new StepFailure("There is no connection to send it on", {
        hint: CONNECT_FIRST,
      });
    }
  },
});
