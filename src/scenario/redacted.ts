import { isRecord } from "../util/record.ts";
import type { Scenario } from "./scenario.ts";
import { Secrets } from "./secrets.ts";
import type { Step } from "./step.ts";
import type { RunEvent } from "./types.ts";

/** What a scenario says of its secrets; steps may bring others while they run. */
export function secretsOf(scenario: Scenario): Secrets {
  const { before, vars, rows, setup, steps, teardown } = scenario;
  const secrets = new Secrets();
  const all = [...setup, ...steps, ...teardown];
  secrets.learn(before);
  for (const step of all) learnStep(step, secrets);
  // A variable may be what another one stands for.
  for (let known = -1; known !== secrets.size; ) {
    known = secrets.size;
    for (const row of [vars, ...rows])
      for (const [name, value] of Object.entries(row)) secrets.learnVariable(name, value);
    for (const step of all) learnGiven(step, secrets);
  }
  return secrets;
}

function learnStep({ value, blocks }: Step, secrets: Secrets): void {
  secrets.learn(value);
  for (const { steps } of blocks) for (const step of steps) learnStep(step, secrets);
}

/** The variables that `for-each` and `include` give the steps within. */
function learnGiven({ value, blocks }: Step, secrets: Secrets): void {
  if (isRecord(value) && blocks.length > 0) {
    const { as, in: items, vars } = value;
    if (Array.isArray(items)) for (const item of items) secrets.learnVariable(String(as), item);
    if (isRecord(vars)) for (const [name, item] of Object.entries(vars)) secrets.learnVariable(name, item);
  }
  for (const { steps } of blocks) for (const step of steps) learnGiven(step, secrets);
}

/** What is told of them is never a secret. */
const WHOLE = new Set(["code", "file", "kind", "outcome", "path", "time"]);
/** Members that are YAML, as it was written. */
const WRITTEN = new Set(["source", "step", "text"]);

/** An event as reporters hear it: without the secrets of its scenario, whether a person wrote them or they came. */
export function redacted(event: RunEvent, secrets: Secrets | undefined): RunEvent {
  if (secrets === undefined || secrets.size === 0 || !("id" in event)) return event;
  const { id, ...rest } = event;
  return { ...(without(rest, secrets) as typeof event), id };
}

function without(value: unknown, secrets: Secrets): unknown {
  if (typeof value === "string") return secrets.text(value);
  if (Array.isArray(value)) return value.map((item) => without(item, secrets));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (WHOLE.has(key)) return [key, item];
      return [
        key,
        WRITTEN.has(key) && typeof item === "string" ? secrets.yaml(item) : without(item, secrets),
      ];
    }),
  );
}
