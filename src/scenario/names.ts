import { namesIn } from "./literals.ts";
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

export const BUILT_IN = Object.keys(builtIn);

/** Those of them that are there before anything stands: for the station and the central system themselves. */
export const BEFORE: readonly (keyof typeof builtIn)[] = ["station", "ocpp", "seed", "round"];

/** @throws StepProblem for a name that is always taken, and for one that is written as what it names */
export function mayBeNamed(path: readonly (string | number)[], name: string): void {
  const [, meant] = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(name) ?? [];
  if (meant !== undefined)
    throw new StepProblem(path, `"${name}" is no name of a variable`, `Write it without $: ${meant}.`);
  if (!BUILT_IN.includes(name)) return;
  throw new StepProblem(
    path,
    `"${name}" cannot be a variable here: $${name} is always there`,
    `Give it another name; taken are ${BUILT_IN.join(", ")}.`,
  );
}

/** Names that steps define while they run, for all that follow: an earlier value gives way to them. */
export function capturedNames(steps: readonly Step[]): Set<string> {
  const names = new Set<string>();
  const look = (step: Step): void => {
    for (const { name } of capturesOf(step.value)) names.add(name);
    for (const block of step.blocks) block.steps.forEach(look);
  };
  steps.forEach(look);
  return names;
}

/** A name that a step gives to what it captures, and where within its value. */
interface Capture {
  readonly name: string;
  readonly path: readonly string[];
}

/** `capture: {name: …}`, `capture: name` of a program. */
export function capturesOf(value: unknown, path: readonly string[] = []): readonly Capture[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = [...path, key];
    if (key !== "capture") return capturesOf(item, at);
    if (typeof item === "string") return { name: item, path: at };
    return Object.keys((item ?? {}) as object).map((name) => ({ name, path: [...at, name] }));
  });
}

/** @throws StepProblem for a capture that nobody would see: the name is always taken, or steps around give it (`given`) */
export function mayBeCaptured({ name, path }: Capture, given: ReadonlySet<string>): void {
  mayBeNamed(path, name);
  if (!given.has(name)) return;
  throw new StepProblem(
    path,
    `"${name}" cannot be captured here: $${name} is what the steps around give`,
    "Give it another name.",
  );
}

/** Names that steps refer to and that nothing within them defines for its own steps. */
export function freeNames(steps: readonly Step[]): Set<string> {
  const free = new Set<string>();
  for (const { value, blocks } of steps) {
    const { steps: _, ...own } =
      typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
    const given = Array.isArray(value) && blocks.length > 0 ? [] : blocks.length === 0 ? value : own;
    for (const name of namesIn(given)) free.add(name);
    const { as, vars } = own;
    const inner = new Set([String(as), ...Object.keys((vars ?? {}) as object)]);
    for (const name of freeNames(blocks.flatMap((block) => block.steps)))
      if (!inner.has(name)) free.add(name);
  }
  return free;
}
