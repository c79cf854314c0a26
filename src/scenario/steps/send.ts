import { actionOf } from "../action.ts";
import { yaml } from "../examples.ts";
import { StepProblem } from "../problem.ts";
import { object, text } from "../schemas.ts";
import { defineStep, StepFailure } from "../step.ts";

type Sent =
  | { readonly raw: string }
  | { readonly action: string; readonly payload: unknown; readonly id?: string };

/** What to do without a connection. */
export const CONNECT_FIRST =
  "Let the station connect first: network: up, then expect: { fact: link, with: { state: connected } }.";

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
    const { message, payload = {}, raw, id } = (value ?? {}) as Record<string, unknown>;
    if (raw !== undefined && message === undefined) return { raw: String(raw) };
    if (raw !== undefined || message === undefined) {
      throw new StepProblem(
        [],
        "it says neither or both of message and raw",
        "Write send: { message: Heartbeat }, or raw: and a frame as text.",
      );
    }
    const given = id === undefined ? {} : { id: String(id) };
    const isNew = String(message).startsWith("x-");
    return {
      action: isNew ? String(message) : actionOf(["message"], message, known),
      payload,
      ...given,
    };
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
