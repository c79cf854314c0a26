import { once } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { EventQueue, holdBack } from "../../../src/drivers/readers/event-queue.ts";
import type { ReaderEvent } from "../../../src/station/ports.ts";

const event = (n: number): ReaderEvent => ({ kind: "ignored", why: String(n) });

async function take(queue: EventQueue, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const taken: string[] = [];
  for await (const e of queue.iterate()) {
    taken.push(e.kind === "ignored" ? e.why : e.kind);
    if (taken.length >= count) break;
  }
  return taken;
}

describe("the queue between a driver and its consumer", () => {
  it("gives what waits, in order, and ends at close", async () => {
    const queue = new EventQueue();
    queue.push(event(1));
    const taken = take(queue);
    queue.push(event(2));
    await Promise.resolve();
    queue.push(event(3));
    queue.close();
    queue.push(event(4));
    expect(await taken).toEqual(["1", "2", "3"]);
  });

  it("takes nothing more after its consumer stopped", async () => {
    const queue = new EventQueue();
    for (let i = 0; i < 300; i++) queue.push(event(i));
    expect(queue.full).toBe(true);
    expect(await take(queue, 2)).toEqual(["0", "1"]);
    for (let i = 0; i < 300; i++) queue.push(event(i));
    expect(queue.full).toBe(false);
    await queue.drained();
  });

  it("makes a flooding source wait until the consumer has caught up", async () => {
    const queue = new EventQueue();
    const source = new PassThrough();
    let read = 0;
    source.on("data", (chunk: Buffer) => {
      for (const byte of chunk) queue.push(event(byte));
      read += chunk.length;
      holdBack(source, queue);
    });
    source.write(Buffer.alloc(1000));
    source.write(Buffer.alloc(1000));
    expect(source.isPaused()).toBe(true);
    expect(read).toBe(1000);
    const taken = take(queue);
    await once(source, "resume");
    source.end();
    await once(source, "end");
    queue.close();
    expect(await taken).toHaveLength(2000);
  });
});
