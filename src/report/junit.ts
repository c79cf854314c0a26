import junitPackage, { type Builder, type TestCase, type TestSuite } from "junit-report-builder";
import { cellText } from "../scenario/cell.ts";
import { problemsByFile, problemText } from "../scenario/problems-by-file.ts";
import type { Failure, Reporter, RunProblem } from "../scenario/types.ts";
import { commandText } from "./again.ts";
import { factLines, noColors, reasonLines } from "./failure-lines.ts";
import type { ReporterOptions } from "./output.ts";
import { type EndedScenario, isFlaky, messageText, placeText, type Refused, RunRecord } from "./record.ts";

/** The package is CommonJS and its builder the module itself; its types say that it is the module's `default`. */
const junit = junitPackage as unknown as Builder;

/** Columns of texts inside the XML. */
const COLUMNS = 110;

/**
 * JUnit XML as CI servers read it: a suite for each file, a case for each scenario. Times are the wall's, in seconds;
 * the scenario's own time is a property. What could not be carried out is an `error`, what did not hold a `failure`.
 * Where nothing could run, each file that is wrong is a case that ended by an error, so that a server shows no success.
 */
export function createReporter({ output }: ReporterOptions): Reporter {
  const run = new RunRecord();
  return {
    name: "junit",
    on: (event) => run.note(event),
    close: async () => {
      output.write(`${document(run)}\n`);
      output.close();
    },
  };
}

function document(run: RunRecord): string {
  const builder = junit.newBuilder().name("tapstation");
  const files = new Map<string, EndedScenario[]>();
  for (const scenario of run.withOutcome("passed", "failed", "error", "skipped", "interrupted")) {
    const { file } = scenario.info.at;
    files.set(file, [...(files.get(file) ?? []), scenario]);
  }
  for (const [file, scenarios] of files) {
    const suite = builder
      .testSuite()
      .name(file)
      .time(seconds(wallMs(scenarios)));
    addRunProperties(suite, run.began);
    for (const scenario of scenarios) addCase(suite, scenario);
  }
  for (const [file, problems] of problemsByFile(run.refused?.problems ?? []))
    addRefused(builder.testSuite(), run.refused, file, problems);
  return builder.build();
}

function addRefused(
  suite: TestSuite,
  refused: Refused | undefined,
  file: string,
  problems: readonly RunProblem[],
): void {
  const [name, isTrue] =
    file === "" ? ["tapstation run", "The run can begin"] : [file, "The file can be run"];
  suite.name(name).time(0);
  addRunProperties(suite, refused);
  const testCase = suite.testCase().name(isTrue).className(classNameOf(name)).time(0);
  if (file !== "") testCase.file(file);
  const lines = problems.flatMap((problem) => [
    problemText(problem),
    ...(problem.hint === undefined ? [] : [`  ${problem.hint}`]),
  ]);
  testCase.error(lines[0] ?? "", refused?.code ?? "");
  addTexts(testCase, { error: lines });
}

const seconds = (ms: number): number => Math.round(ms) / 1000;
const wallMs = (scenarios: readonly EndedScenario[]): number =>
  scenarios.reduce((sum, { result }) => sum + result.wallMs, 0);

function addRunProperties(suite: TestSuite, run: RunRecord["began"] | Refused): void {
  if (run === undefined) return;
  suite.timestamp(run.time.replace(/(\.\d+)?Z$/, ""));
  if (run.kind === "runBegan") suite.property("version", run.version).property("seed", String(run.seed));
  suite.property("command", commandText(run));
}

function addCase(suite: TestSuite, scenario: EndedScenario): void {
  const { info, result, retried } = scenario;
  const cell = cellText(info);
  const testCase = suite
    .testCase()
    .name(cell === "" ? info.name : `${info.name} [${cell}]`)
    .className(classNameOf(info.at.file))
    .file(info.at.file)
    .time(seconds(result.wallMs));
  const properties: Readonly<Record<string, string | undefined>> = {
    id: info.id,
    at: placeText(info.at),
    shows: info.shows,
    spec: info.spec,
    tags: info.tags.length === 0 ? undefined : info.tags.join(" "),
    ...info.cell,
    scenarioSeconds: String(seconds(result.ms)),
    seed: String(result.seed),
    flaky: isFlaky(scenario) ? `passed at try ${result.retry + 1}` : undefined,
    expectedFailure: result.expectedFailure,
  };
  for (const [name, value] of Object.entries(properties))
    if (value !== undefined) testCase.property(name, value);
  const tried = retried.flatMap(({ failures }, i) => [`try ${i + 1}`, ...failureText(failures, scenario)]);
  const undone = result.outcome === "interrupted" ? failureText(result.failures, scenario) : [];
  const out = [...tried, ...undone, ...lastFacts(scenario)];
  addTexts(testCase, { ...addOutcome(testCase, scenario), "system-out": out });
}

/** Servers make a tree of the dots. */
const classNameOf = (file: string): string =>
  file
    .replace(/\.ya?ml$/, "")
    .replace(/^[./\\]+/, "")
    .replaceAll(".", "_")
    .replaceAll(/[/\\]+/g, ".");

/** Gives the text that belongs into the outcome's element. */
function addOutcome(
  testCase: TestCase,
  scenario: EndedScenario,
): Readonly<Record<string, readonly string[]>> {
  const { outcome, failures, why } = scenario.result;
  const message = messageText(failures[0]) ?? outcome;
  const text = failureText(failures, scenario);
  if (outcome === "failed") testCase.failure(message, "failed");
  else if (outcome === "error") testCase.error(message, "error");
  // JUnit has no word for it, and skipped would read as if all was well.
  else if (outcome === "interrupted") testCase.error(why ?? outcome, "interrupted");
  else if (outcome !== "passed") {
    testCase.skipped();
    addSkipMessage(testCase, why ?? "no reason given");
  }
  return outcome === "failed" ? { failure: text } : outcome === "error" ? { error: text } : {};
}

type CaseElement = ReturnType<TestCase["build"]>;

const childOf = (element: CaseElement, name: string): CaseElement | undefined =>
  element.children.find((child): child is CaseElement => "name" in child && child.name === name);

function onceBuilt(testCase: TestCase, change: (element: CaseElement) => void): void {
  const build = testCase.build.bind(testCase);
  testCase.build = (parent) => {
    const element = build(parent);
    change(element);
    return element;
  };
}

/** The builder knows no message of what was skipped. */
const addSkipMessage = (testCase: TestCase, message: string): void =>
  onceBuilt(testCase, (element) => void childOf(element, "skipped")?.att("message", message));

/** The builder would write CDATA, and breaks it where `]]>` stands in the text more than once. */
const addTexts = (testCase: TestCase, texts: Readonly<Record<string, readonly string[]>>): void =>
  onceBuilt(testCase, (element) => {
    for (const [name, lines] of Object.entries(texts))
      if (lines.length > 0) (childOf(element, name) ?? element.ele(name)).txt(lines.join("\n"));
  });

const shownFor = ({ since }: EndedScenario) => ({ colors: noColors, columns: COLUMNS, since });

const failureText = (failures: readonly Failure[], scenario: EndedScenario): string[] =>
  failures.flatMap((failure, i) => [...(i === 0 ? [] : [""]), ...reasonLines(failure, shownFor(scenario))]);

const lastFacts = (scenario: EndedScenario): string[] =>
  scenario.result.failures.flatMap(({ lastFacts: facts }) =>
    facts.length === 0 ? [] : ["last facts", ...factLines(facts, shownFor(scenario))],
  );
