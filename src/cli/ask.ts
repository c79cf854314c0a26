import { createInterface } from "node:readline/promises";
import type { Ask, AskedUntil } from "../scenario/types.ts";
import type { Io } from "./io.ts";

/** Asks the person at the terminal, one thing after another: an Enter says that one is done, whoever else is waiting. */
export function asker(io: Io): Ask {
  let before: Promise<void> = Promise.resolve();
  return (said, until) => {
    const asked = before.then(() => (isAnswered(until) ? undefined : question(io, said, until)));
    before = asked.catch(() => {});
    return asked;
  };
}

const isAnswered = ({ done, over }: AskedUntil): boolean => done?.aborted === true || over.aborted;

async function question(io: Io, said: string, until: AskedUntil): Promise<void> {
  const { done, over } = until;
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  // A terminal that is asked sends no signal.
  lines.on("SIGINT", () => io.stop("SIGINT"));
  try {
    const signal = AbortSignal.any([io.signal, over, ...(done === undefined ? [] : [done])]);
    await lines.question(done === undefined ? `${said}, then press Enter: ` : `${said} … `, { signal });
  } catch (e) {
    if (!isAnswered(until)) throw e;
    io.stderr.write("\n");
  } finally {
    lines.close();
  }
}
