import type { RunningCentral, startCentral } from "../app/central.ts";
import { centralVerbs } from "../app/central-verbs.ts";
import type { Config } from "../app/config.ts";
import { Narrator } from "../journal/lines/narrator.ts";
import type { Fact } from "../station/facts.ts";
import { controlLines } from "./control-lines.ts";
import { type Face, type IntroLine, jsonFace, plainFace } from "./face.ts";
import { clean, type Io, print, printJson } from "./io.ts";
import { failedLines } from "./missed.ts";
import { aborted } from "./session.ts";

/**
 * Puts the central system up and stays with it until somebody stops it: a signal, the verb `quit`, the end of the control
 * lines. Resolves when everything is closed.
 * @throws AppError of its start, and `input.invalid` when a control line could not be done
 */
export async function runCentral(io: Io, config: Config, start: typeof startCentral): Promise<void> {
  const isScript = config.control !== undefined;
  const face = await faceFor(io, config);
  const early: Fact[] = [];
  let hear = (fact: Fact): void => void early.push(fact);
  const central = await start(config, (fact) => hear(fact));
  const over = new AbortController();
  try {
    if (io.signal.aborted) return;
    face.begin(central);
    if (config.json) printJson(io, { kind: "central", ...central.summary });
    else if (isScript || !isTerminal(io)) print(io, central.summary.url);
    hear = (fact) => face.fact(fact);
    for (const fact of early.splice(0)) hear(fact);
    const ends = [aborted(io.signal)];
    if (isScript) ends.push(controlled(io, central, face, over.signal));
    await Promise.race(ends);
  } finally {
    over.abort();
    if (isScript) io.stdin.destroy();
    face.leave();
    await central.stop();
  }
}

const isTerminal = ({ stdin, stdout }: Io): boolean => stdin.isTTY === true && stdout.isTTY === true;

async function faceFor(io: Io, config: Config): Promise<Face<RunningCentral>> {
  const introduce = (how: string) => (central: RunningCentral) => introOf(central.summary, how);
  const plain = introduce(config.control === undefined ? "" : "write a line: csms ClearCache");
  if (config.json) return jsonFace(io, plain);
  if (config.control !== undefined || !isTerminal(io))
    return plainFace(io, plain, () => new Narrator(undefined, { alone: true }));
  const { CentralFace } = await import("./terminal/central-face.ts");
  return new CentralFace(io, introduce("c command · s status · : verb · ? keys · q quit"));
}

async function controlled(
  io: Io,
  { control }: RunningCentral,
  face: Face<RunningCentral>,
  signal: AbortSignal,
): Promise<void> {
  const failed = await controlLines(io.stdin, centralVerbs, control, face, signal).catch((e) => {
    // Input that breaks off because the program stops is no error.
    if (io.signal.aborted) return [];
    throw e;
  });
  const error = !io.signal.aborted ? failedLines(failed) : undefined;
  if (error !== undefined) throw error;
}

function introOf(summary: RunningCentral["summary"], how: string): IntroLine[] {
  const { url, secureUrl, root, files, password, access, data } = summary;
  const shown = (what: string, how: string | undefined): IntroLine[] =>
    how === undefined ? [] : [[what, clean(how)]];
  return [
    ["central", clean(url)],
    ...shown("by TLS", secureUrl && `${secureUrl} (--ca ${root})`),
    ...shown("files", files && `${files} (uploads go to ${files}uploads)`),
    ...access.flatMap(({ location, mode }) => shown("access", `${mode} at ${location}`)),
    ...shown("password", password && `${password} has to give it`),
    ["data", clean(data)],
    ["to use", `tapstation run FILE --csms ${clean(url)}`],
    ...shown("to send", how || undefined),
  ];
}
