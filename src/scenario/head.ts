import { oneOf, StepProblem } from "./problem.ts";
import type { Scenario } from "./scenario.ts";
import type { Known } from "./step.ts";
import { isByVersion } from "./template.ts";
import { inOneLine } from "./title.ts";
import { duration } from "./units.ts";

type Raw = Readonly<Record<string, unknown>>;

/** What `read` gives; what it throws is a problem of what stands at the path, and undefined is given. */
export type Guard = <T>(path: readonly (string | number)[], read: () => T) => T | undefined;

/** What stands above a scenario's steps and is the same in all versions and rows. */
export type Head = Pick<
  Scenario,
  "name" | "shows" | "spec" | "tags" | "skip" | "expectFailure" | "ocpp" | "timeoutMs"
>;

/** Keys of a scenario whose values are for all versions that it is run in. */
const FOR_ALL = [
  "name",
  "shows",
  "spec",
  "tags",
  "only",
  "skip",
  "expect-failure",
  "ocpp",
  "data",
  "timeout",
];

/** Understands the head of a scenario whose form is right. */
export function headOf(raw: Raw, known: Known, guard: Guard): Head {
  const refused = new Set(FOR_ALL.filter((key) => guard([key], () => forAll(key, raw[key])) === undefined));
  const { versions } = known;
  const wanted =
    raw.ocpp === undefined || refused.has("ocpp") ? versions : [...new Set([raw.ocpp].flat().map(inOneLine))];
  const ocpp = wanted.flatMap(
    (version) => guard(["ocpp"], () => oneOf([], version, versions, "OCPP version")) ?? [],
  );
  const read = <T>(key: string, make: (value: unknown) => T): T | undefined =>
    raw[key] === undefined || refused.has(key) ? undefined : guard([key], () => make(raw[key]));
  const timeoutMs = read("timeout", (value) => duration([], value));
  const expectFailure = read("expect-failure", reason);
  const skip = read("skip", reason);
  return {
    name: read("name", nameOf) ?? "",
    ...text(raw, "shows"),
    ...text(raw, "spec"),
    tags: ((raw.tags ?? []) as unknown[]).map(String),
    ...(skip === undefined ? {} : { skip }),
    ...(expectFailure === undefined ? {} : { expectFailure }),
    ocpp,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

/** @throws StepProblem for what is said by version, as it or as an item of it */
function forAll(key: string, value: unknown): true {
  const items = [value, ...(Array.isArray(value) ? value : [])];
  if (!items.some(isByVersion)) return true;
  throw new StepProblem(
    [],
    `"${key}" cannot be by version`,
    key === "data"
      ? "What a row says may be: data: [{ status: { 1.6: Preparing, 2.0.1: Occupied } }]."
      : "Write a scenario for each version, with --- between them: ocpp: 1.6 in the one, ocpp: 2.0.1 in the other.",
  );
}

/** @throws StepProblem */
function reason(value: unknown): string {
  const why = String(value);
  if (why.trim() !== "") return why;
  throw new StepProblem([], "it gives no reason", "Say in one sentence why.");
}

/** @throws StepProblem */
function nameOf(value: unknown): string {
  const name = String(value);
  if (name.trim() === "") throw new StepProblem([], "the name is empty", "Say in a few words what is shown.");
  if (/\p{Cc}/u.test(name.trim()))
    throw new StepProblem(
      [],
      "there is a control character in the name",
      "A name is one line of plain text.",
    );
  if (/\$\{[^}]*$/.test(name.replaceAll("$$", "")))
    throw new StepProblem(
      [],
      "${ is not closed in the name",
      "Write $name for a variable; $$ for a dollar sign.",
    );
  return name;
}

const text = <K extends string>(raw: Record<string, unknown>, key: K): { [P in K]?: string } =>
  (raw[key] === undefined ? {} : { [key]: String(raw[key]) }) as { [P in K]?: string };
