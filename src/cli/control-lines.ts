import { StringDecoder } from "node:string_decoder";
import { isBlank, MAX_LINE, type Vocabulary } from "../app/vocabulary.ts";
import type { Face } from "./face.ts";

/** How many failed lines are kept in mind. */
const MAX_FAILED = 100;

/**
 * Does the verbs that come as lines, one after the other: a line waits until the one before is done, until the verb
 * `quit` or the end of the input. A line that cannot be read or done is an error on the face, and the next is taken.
 * `signal` ends a verb that only waits. Resolves with the numbers of those lines, the first {@link MAX_FAILED} of them.
 */
export async function controlLines<C>(
  input: AsyncIterable<Buffer | string>,
  verbs: Vocabulary<C>,
  control: C,
  face: Pick<Face<never>, "result" | "error">,
  signal?: AbortSignal,
): Promise<number[]> {
  const failed: number[] = [];
  const fail = (e: unknown, at: number): void => {
    if (failed.length < MAX_FAILED) failed.push(at);
    face.error(e, at);
  };
  let number = 0;
  for await (const line of lines(input)) {
    if (signal?.aborted === true) return failed;
    number++;
    if (isBlank(line)) continue;
    const parsed = verbs.parse(line);
    if (!parsed.ok) {
      fail(parsed.error, number);
      continue;
    }
    try {
      const result = await parsed.value.run(control, signal);
      if (result.kind === "quit") return failed;
      face.result(result);
    } catch (e) {
      fail(e, number);
    }
  }
  return failed;
}

/**
 * The lines of an input. Unlike node:readline it keeps no more than one line's worth of an endless line: what is
 * longer comes cut to one character more than a verb may have, so that it is refused.
 */
export async function* lines(input: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of input) {
    const parts = (typeof chunk === "string" ? chunk : decoder.write(chunk)).split(/\r?\n/);
    const last = parts.pop() ?? "";
    for (const part of parts) {
      yield (rest + part).slice(0, MAX_LINE + 1);
      rest = "";
    }
    rest = (rest + last).slice(0, MAX_LINE + 1);
  }
  if (rest !== "") yield rest;
}
