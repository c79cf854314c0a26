import { actionOf } from "../action.ts";
import { StepProblem } from "../problem.ts";
import { object, text } from "../schemas.ts";
import { defineStep, StepFailure } from "../step.ts";

type Sent =
  | { readonly raw: string }
  | { readonly action: string; readonly payload: unknown; readonly id?: string };

/** `send`: any message of the station's, past its state machine. The journal marks it as injected. */
export const send = defineStep<Sent>({
  describe: "Send any message as the station, also a wrong one; the station itself knows nothing of it.",
  schema: object({
    message: { ...text, description: "Action of a request." },
    payload: { description: "Its payload, checked by nobody." },
    id: { ...text, description: "Its message id." },
    raw: { type: "string", description: "A whole frame as text, instead." },
  }),
  examples: [{ message: "DataTransfer", payload: { vendorId: "Test" } }, { raw: '[2,"1","Authorize"' }],
  parse(value, known) {
    const { message, payload = {}, raw, id } = (value ?? {}) as Record<string, unknown>;
    if (raw !== undefined && message === undefined) return { raw: String(raw) };
    if (raw !== undefined || message === undefined) {
      throw new StepProblem([], "it says neither or both of message and raw", "Name one of them.");
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
        hint: "Let the station connect first: network: up, then expect: {fact: link, with: {state: connected}}.",
      });
    }
  },
});
