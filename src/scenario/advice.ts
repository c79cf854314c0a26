import type { Misfit } from "../util/schema-problems.ts";
import { valuesOf, written } from "./examples.ts";
import { STEP_LISTS, stepPath } from "./path.ts";
import { listed } from "./problem.ts";
import { STEP_BESIDES } from "./schema.ts";
import type { Known } from "./step.ts";
import { stepKinds } from "./steps/table.ts";

/** A value that has the wrong form, as Ajv finds it. */
type FormProblem = Misfit & { readonly keyword: string };
type Path = readonly string[];

/** How a hint begins that is surer than any of these. */
const SUGGESTED = "Did you mean";

/** Words that people write for steps, and what they mean: a test reads each. */
export const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  assert: ["expect: { verdict: accepted }"],
  authorize: ["tap: 04A2241BC85E80", "expect: { message: Authorize }"],
  charge: ["meter: 5 kWh", "wait: 1 h"],
  check: ["expect: { verdict: accepted }"],
  command: ["csms: { send: ClearCache }"],
  configure: ["set: { HeartbeatInterval: 60 }"],
  delay: ["wait: 5 s", "csms: { answer: Authorize, delay: 20 s }"],
  energy: ["meter: 5 kWh"],
  exec: ["shell: echo done"],
  loop: ["repeat: { times: 3, steps: [{ plug: 1 }] }"],
  offline: ["network: down"],
  online: ["network: up"],
  pause: ["wait: 5 s"],
  present: ["hold: 04A2241BC85E80"],
  reboot: ["restart: orderly", "power: cut"],
  settings: ["set: { HeartbeatInterval: 60 }"],
  sleep: ["wait: 5 s"],
  swipe: ["tap: 04A2241BC85E80"],
};

/** The same problem, told so that somebody who does not know the form can write it. */
export function advised(problem: FormProblem, root: unknown, known: Known): Misfit {
  const { path } = problem;
  const step = stepPath(path);
  if (step === undefined) return ofList(problem, root);
  const own = path.slice(step.length);
  const [name = "", ...inside] = own;
  const map = at(root, step) as Readonly<Record<string, unknown>>;
  const astray = outside(map);
  if (astray !== undefined) return astrayFrom(Object.keys(map)[0] ?? "", astray, step);
  if (own.length === 0) return noStep(problem, map, known);
  if (problem.unknownKey !== undefined && STEP_BESIDES.some((key) => key === problem.unknownKey)) {
    const hint = `It stands beside the step, on a line of its own below it: ${problem.unknownKey}: 1.6.`;
    return { ...problem, hint };
  }
  if (inside.length > 0)
    return problem.unknownKey === undefined
      ? (ofName(problem, root) ?? ofList(problem, root))
      : ofMember(problem, name);
  if (problem.unknownKey !== undefined)
    return { ...problem, hint: instead(name, known) ?? otherStep(problem) };
  if (stepKinds[name] === undefined) return problem;
  const form = formOf(name, map[name]);
  const isCloser = problem.keyword === "required" || problem.keyword === "enum";
  return { ...problem, hint: isCloser ? joined(problem.hint, form) : form };
}

/** Names that people give to members of steps, and what these may be called. */
export const MEANT: Readonly<Record<string, readonly string[]>> = {
  action: ["send", "message"],
  cmd: ["run"],
  command: ["send", "run"],
  count: ["times"],
  data: ["payload"],
  do: ["steps"],
  duration: ["for"],
  energy: ["add"],
  items: ["in"],
  list: ["in"],
  messageId: ["message", "id"],
  name: ["as"],
  path: ["file"],
  payload: ["with", "data"],
  request: ["message"],
  response: ["answer"],
  timeout: ["within"],
  uid: ["card"],
  vendorId: ["vendor"],
  wh: ["add"],
};

/** Where the members of OCPP's messages stand in a step. */
const PAYLOADS: Readonly<Record<string, string>> = { csms: "payload", send: "payload", expect: "with" };

/** A member that the step does not have. */
function ofMember(problem: FormProblem, name: string): Misfit {
  const { unknownKey: key = "", hint } = problem;
  if (hint?.startsWith(SUGGESTED) === true) return problem;
  const members = Object.keys(stepKinds[name]?.schema.properties ?? {});
  const meant = entryOf(MEANT, key)?.find((one) => members.includes(one));
  if (meant !== undefined) return { ...problem, meant, hint: `${SUGGESTED} "${meant}"?` };
  const word = shortest(name, key);
  if (word !== undefined) return { ...problem, hint: `Write ${word}.` };
  const payload = PAYLOADS[name];
  if (payload === undefined) return problem;
  return {
    ...problem,
    hint: joined(`What a message has stands within ${payload}: { ${key}: … }.`, hint ?? ""),
  };
}

/** What a step that takes a map says with this one member of it: `half-open` for `network`. */
export const memberForm = (name: string, member: unknown): string | undefined =>
  typeof member === "string" && Object.hasOwn(stepKinds[name]?.schema.properties ?? {}, member)
    ? shortest(name, member)
    : undefined;

/** How the step is written, for one whose value has the wrong form. */
export function formOf(name: string, given: unknown): string {
  const values = stepKinds[name] === undefined ? [] : valuesOf(name, stepKinds[name]);
  const said = values.filter((value) => value !== null);
  const like = said.find((value) => isObject(value) === isObject(given)) ?? said[0] ?? null;
  return likeText(name, written(name, like));
}

const likeText = (name: string, form: string): string =>
  `Write it like ${form}; "tapstation steps ${name}" shows all its forms.`;

/** A step whose members stand beside it instead of within: the first of them. */
export function outside(map: Readonly<Record<string, unknown>>): string | undefined {
  const [[name = "", value] = [], [second] = []] = Object.entries(map ?? {});
  if (value !== null || second === undefined) return undefined;
  return Object.hasOwn(stepKinds[name]?.schema.properties ?? {}, second) ? second : undefined;
}

const astrayFrom = (name: string, member: string, step: Path): Misfit => ({
  path: [...step, member],
  text: `"${member}" belongs within "${name}"`,
  hint: `Indent it by two blanks more. ${likeText(name, shortest(name, member) ?? `${name}: { ${member}: … }`)}`,
});

/** An item of a list of steps that is no map. */
function noStep(problem: FormProblem, item: unknown, known: Known): Misfit {
  const [word = "", ...rest] = typeof item === "string" ? item.split(/\s+/) : [];
  if (Array.isArray(item)) return { ...problem, hint: "There is a hyphen too many." };
  if (word === "")
    return { ...problem, hint: "A step is its name, a colon, and its value: - tap: 04A2241BC85E80." };
  const isStep = Object.hasOwn(stepKinds, word);
  const value =
    rest.length > 1 ? formOf(word, {}) : `Put a colon behind its name: - ${[`${word}:`, ...rest].join(" ")}`;
  return {
    ...problem,
    text: `"${String(item)}" is no step`,
    hint: isStep ? value : (instead(word, known) ?? OTHERS),
  };
}

/** What to do where a step has no hyphen of its own. */
export const hyphened = (name: string, value: unknown): string =>
  `Begin each step with a hyphen: - ${isObject(value) ? `${name}: …` : written(name, value)}`;

/** A name that is written as what is named. */
function ofName({ keyword, path, ...problem }: FormProblem, root: unknown): Misfit | undefined {
  if (keyword !== "pattern" || path.at(-1) !== "as") return undefined;
  const said = String(at(root, path));
  const [, name] = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(said) ?? [];
  const hint =
    name === undefined ? "Use letters, digits and _: as: row." : `Write it without $: as: ${name}.`;
  return { ...problem, path, text: `"${said}" is no name`, hint };
}

/** What should be a list of steps, or the list of these that parallel is. */
function ofList(problem: FormProblem, root: unknown): Misfit {
  const { path, keyword } = problem;
  const [last = "", before] = path.toReversed();
  if (keyword !== "type") return problem;
  if (before === "parallel")
    return { ...problem, hint: `Each item is a list of steps. ${formOf("parallel", [])}` };
  const value = at(root, path);
  if (!STEP_LISTS.includes(last) || !isObject(value)) return problem;
  const [first] = Object.entries(value as object);
  return first === undefined ? problem : { ...problem, hint: hyphened(...first) };
}

/** What to write for a word that is no step; undefined: nobody knows. */
function instead(word: string, known: Known): string | undefined {
  const forms = entryOf(SYNONYMS, word.toLowerCase()) ?? ofAction(word, known) ?? ofAnyStep(word);
  return forms.length === 0 ? undefined : `Write ${forms.join(", or ")}.`;
}

/** An action of OCPP is sent or expected. */
function ofAction(word: string, known: Known): readonly string[] | undefined {
  const all = new Set(known.versions.flatMap((version) => known.actionsOf(version)));
  const action = [...all].find((one) => one.toLowerCase() === word.toLowerCase());
  if (action === undefined) return undefined;
  const expected = written("expect", { message: action });
  return known.sendersOf(action).includes("csms")
    ? [written("csms", { send: action }), expected]
    : [expected, written("send", { message: action })];
}

/** A member of steps, or a word that one of them is. */
const ofAnyStep = (word: string): readonly string[] =>
  Object.keys(stepKinds)
    .flatMap((name) => shortest(name, word) ?? [])
    .slice(0, 2);

/** The shortest step among the examples that is this word, or has this member. */
function shortest(name: string, word: string): string | undefined {
  const examples = Object.values(stepKinds).flatMap((kind) => kind.examples);
  const [found] = valuesOf(name, { examples })
    .filter((value) => value === word || (isObject(value) && Object.hasOwn(value as object, word)))
    .map((value) => written(name, value))
    .sort((a, b) => a.length - b.length);
  return found;
}

const OTHERS = `There are ${listed(Object.keys(stepKinds))}; "tapstation steps" tells what they do.`;

const otherStep = ({ hint }: FormProblem): string => (hint?.startsWith(SUGGESTED) === true ? hint : OTHERS);

const joined = (meaning: string | undefined, form: string): string =>
  meaning === undefined ? form : `${meaning} ${form}`;

/** Words come from files: "constructor" is in no table. */
const entryOf = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) => (isObject(value) ? (value as Readonly<Record<string, unknown>>)[key] : undefined),
    root,
  );
