import { describe, expect, it } from "vitest";
import { nearest } from "../../src/util/nearest.ts";

describe("nearest", () => {
  it.each([
    ["plgu", "plug"],
    ["PLUG", "plug"],
    ["unplgu", "unplug"],
    ["netwrk", "network"],
    ["netw", "network"],
    ["xyz", undefined],
    ["", undefined],
    ["p".repeat(10_000), undefined],
  ])("takes %j for %j", (word, meant) => {
    expect(nearest(word, ["plug", "unplug", "network", "power"])).toBe(meant);
  });
});
