import type { CsmsAnswer } from "../ports.ts";

/** Did the central system get the message? What it answers by an error has arrived too; what it cannot be told is done with. */
export function isHeard(answer: CsmsAnswer<unknown>): boolean {
  return answer.ok || answer.failure === "callError" || answer.failure === "unsupported";
}
