import { actionOf } from "./action.ts";
import type { BenchCentral, CommandOutcome } from "./bench.ts";
import { texts } from "./card.ts";
import { memberAt } from "./expectation.ts";
import { checkMatcher, differences, show } from "./match.ts";
import { checkCaptured, checkPayload, type PayloadOf, payloadAt } from "./members.ts";
import { readAll, unlessWrong } from "./problem.ts";
import { type Known, type Running, StepFailure } from "./step.ts";
import type { TypedPlace } from "./suited.ts";
import { truth } from "./units.ts";

type Raw = Readonly<Record<string, unknown>>;
/** What is done at the built-in central system. */
export type Deed = (central: BenchCentral, at: Running) => void | Promise<void>;

/** A command that the step csms sends, checked unless it is wrong on purpose. @throws StepProblem */
export function commandOf(raw: Raw, known: Known): Deed {
  const isNew = String(raw.send).startsWith("x-");
  const action = isNew ? String(raw.send) : actionOf(["send"], raw.send, known);
  const isFree = truth(["raw"], raw.raw) || isNew;
  readAll([
    () => isFree || checkPayload(raw.payload ?? {}, { action, kind: "request" }, known, ["payload"], "whole"),
    () => checkAnswer(raw, action, known),
  ]);
  return async (central, at) => judge(action, await central.send(action, raw.payload ?? {}, isFree), raw, at);
}

/** Where payloads stand: the command's, what is said of the station's answer, and another answer. */
export function typedIn(value: unknown, known: Known): readonly TypedPlace[] {
  const raw = (value ?? {}) as Raw;
  const at = (path: "payload" | "expect" | "with", word: unknown, kind: PayloadOf["kind"]) =>
    unlessWrong(() =>
      payloadAt([path], { action: actionOf([], word, known), kind }, known, { isMatcher: path === "expect" }),
    );
  if (raw.answer !== undefined) return at("with", raw.answer, "response");
  const isFree = String(raw.raw) === "true";
  return [
    ...(isFree ? [] : at("payload", raw.send, "request")),
    ...(wantsError(raw.expect) ? [] : at("expect", raw.send, "response")),
  ];
}

/** What is said of the station's answer to a command. @throws StepProblem */
function checkAnswer(raw: Raw, action: string, known: Known): void {
  const of = { action, kind: "response" } as const;
  const captured = texts((raw.capture ?? {}) as object);
  const isError = wantsError(raw.expect);
  readAll([
    () => checkMatcher(raw.expect, ["expect"]),
    () => isError || checkPayload(raw.expect, of, known, ["expect"], "matcher"),
    () => isError || checkCaptured(captured, of, known, ["capture"]),
  ]);
}

const wantsError = (expected: unknown): boolean =>
  typeof expected === "object" && expected !== null && Object.hasOwn(expected, "error");

/** Is the station's answer to a command as expected? Without `expect` any CALLRESULT is. */
function judge(action: string, outcome: CommandOutcome, raw: Raw, at: Running): void {
  const expected = raw.expect ?? {};
  const answer = outcome.error ?? outcome.answer;
  if (answer === undefined) throw new StepFailure(`${action}: ${outcome.why}`);
  const isError = wantsError(expected);
  const found = isError ? { error: outcome.error?.code } : outcome.answer;
  const differ = differences(expected, found);
  if (differ.length > 0 || (outcome.error !== undefined && !isError)) {
    const said =
      outcome.error === undefined
        ? `was answered with ${show(outcome.answer)}`
        : `was answered with the error ${outcome.error.code}: ${outcome.error.description}`;
    const isAsked = Object.keys(expected).length > 0;
    throw new StepFailure(`${action} ${said}`, {
      expected: isAsked ? show(expected) : "an answer that is no error",
      differences: isAsked ? differ : [],
    });
  }
  for (const [name, path] of Object.entries((raw.capture ?? {}) as Record<string, unknown>)) {
    const value = memberAt(answer, String(path));
    if (value === undefined)
      throw new StepFailure(
        `The answer to ${action} has no member "${String(path)}" to capture as $${name}`,
        {
          hint: `It is ${show(answer)}`,
        },
      );
    at.define(name, value);
  }
}
