// A process that writes a journal, for tests. Run from the build: `npm test` makes it first.
import { writeSync } from "node:fs";
import { openJournal } from "../../dist/journal/journal.js";

const [, , path, name, total] = process.argv;
const say = (...words) => writeSync(1, `${words.join(" ")}\n`);

const journal = openJournal({
  path,
  onFault: (fault) => say(fault.state, fault.error?.code ?? fault.lost),
});

/** A few facts a turn, so that several processes write by turns. */
function some(n) {
  for (let i = n; i < Math.min(n + 5, Number(total)); i++) {
    const time = new Date().toISOString();
    const args = [`${name}-${i}`, "x".repeat(100)];
    journal.append({ kind: "control", verb: "tap", args, time, station: name, source: "station" });
  }
  if (n + 5 < Number(total)) setImmediate(some, n + 5);
  else journal.close();
}

some(0);
