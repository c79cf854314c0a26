import { StepProblem } from "./problem.ts";
import type { Step } from "./step.ts";

/** Variables that are always there, and what they are. */
export const builtIn = {
  station: "The station's id.",
  ocpp: "The OCPP version that is spoken, 1.6 or 2.0.1.",
  seed: "What is random follows from it (--seed).",
  round: "In repeat and for-each: which time it is, from 1.",
  now: "The time, ISO 8601.",
  files:
    "With central: { files: … }: $files.NAME.url and .signature, $files.certificate, .root and .uploads.",
  tls: "With TLS: $tls.root, the central system's root certificate, PEM.",
} as const;

const BUILT_IN = Object.keys(builtIn);

/** @throws StepProblem for a name that is always taken */
export function mayBeNamed(path: readonly (string | number)[], name: string): void {
  if (!BUILT_IN.includes(name)) return;
  throw new StepProblem(
    path,
    `"${name}" cannot be a variable here: $${name} is always there`,
    `Give it another name; taken are ${BUILT_IN.join(", ")}.`,
  );
}

/** Every name that a reference in these steps may mean: variables, columns, captures, items. */
export function definedNames(steps: readonly Step[], vars: Readonly<Record<string, unknown>>): Set<string> {
  const names = new Set<string>([...BUILT_IN, ...Object.keys(vars)]);
  for (const step of steps) addNames(step, names);
  return names;
}

function addNames(step: Step, names: Set<string>): void {
  addFrom(step.value, names);
  for (const block of step.blocks) for (const inner of block.steps) addNames(inner, names);
}

/** `capture: {name: …}`, `with: {name: …}` of an include, `as: name` of a for-each. */
function addFrom(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) addFrom(item, names);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === "as" && typeof item === "string") names.add(item);
    else if (key === "capture" && typeof item === "string") names.add(item);
    else if ((key === "capture" || key === "vars") && typeof item === "object" && item !== null)
      for (const name of Object.keys(item)) names.add(name);
    else addFrom(item, names);
  }
}
