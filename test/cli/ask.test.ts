import { expect, it } from "vitest";
import { asker } from "../../src/cli/ask.ts";
import { FakeIo } from "../support/io.ts";

/** A person is asked for several things at once: scenarios and branches run side by side. */

const asked = (io: FakeIo): string[] => io.err.split(/\s*\n\s*|\s+$/).filter((line) => line !== "");
const on = () => new AbortController();

it("one thing after another: an Enter says that one is done", async () => {
  const io = new FakeIo();
  const ask = asker(io);
  const over = on().signal;
  const answered: string[] = [];
  const both = ["One", "Two"].map((text) => ask(text, { over }).then(() => answered.push(text)));
  await io.until(() => io.err.includes("One"));
  io.stdin.write("\n");
  await both[0];
  await io.until(() => io.err.includes("Two"));
  expect([asked(io), answered]).toEqual([["One, then press Enter: Two, then press Enter:"], ["One"]]);
  io.stdin.write("\n");
  await both[1];
  expect(answered).toEqual(["One", "Two"]);
});

it("what is given up, or done without a word, is asked no longer, and not at all where it was waiting", async () => {
  const io = new FakeIo();
  const ask = asker(io);
  const [first, second, third, still] = [on(), on(), on(), on()];
  const all = [
    ask("First", { over: first.signal }),
    ask("Second", { over: second.signal }),
    ask("Third", { over: still.signal, done: third.signal }),
    ask("Last", { over: still.signal, done: still.signal }),
  ];
  await io.until(() => io.err.includes("First"));
  second.abort();
  third.abort();
  first.abort();
  await io.until(() => io.err.includes("Last"));
  expect(asked(io)).toEqual(["First, then press Enter:", "Last …"]);
  still.abort();
  await Promise.all(all);
});
