import fc from "fast-check";
import { expect, it } from "vitest";
import { isContractId, looksVisible, parseEmaid, visibleKey } from "../../src/central/emaid.ts";

it.each([
  ["NL-TNM-B12345-6", { country: "NL", provider: "TNM", instance: "B12345", check: "6", separator: "-" }],
  ["de*abc*c12345678", { country: "de", provider: "abc", instance: "c12345678", separator: "*" }],
  ["NLTNMC12345678X", { country: "NL", provider: "TNM", instance: "C12345678", check: "X", separator: "" }],
])("%s is read in its parts", (text, parts) => {
  expect(parseEmaid(` ${text} `)).toEqual(parts);
  expect(looksVisible(text)).toBe(true);
});

it.each([
  "04A2241BC85E80",
  "DEABCC12345678",
  "TESTTAG00001",
  "NL-TNM",
  "NL-TNM*B12345",
  "",
  "04-A2-24-1B-C8-5E-80",
  "Blue card",
])("%j does not look like a visible ID", (text) => {
  expect(looksVisible(text)).toBe(false);
});

it("no UID in hex looks like a visible ID, however its bytes are separated", () => {
  const uid = fc
    .uint8Array({ minLength: 4, maxLength: 10 })
    .map((bytes) => Buffer.from(bytes).toString("hex"));
  fc.assert(
    fc.property(uid, fc.constantFrom("", "-", ":", " "), (hex, separator) => {
      expect(looksVisible((hex.match(/../g) ?? []).join(separator))).toBe(false);
    }),
  );
});

it("contract ids have an instance of 8 characters, and hyphens or nothing between", () => {
  for (const text of ["NL-TNM-C12345678", "NL-TNM-C12345678-X", "deabcc12345678", "NL-TNM-12345678"])
    expect(isContractId(text), text).toBe(true);
  for (const text of ["NL-TNM-B12345-6", "NL*TNM*C12345678", "nonsense"])
    expect(isContractId(text), text).toBe(false);
});

it("visible IDs are the same with other separators and letters", () => {
  expect(visibleKey("nl tnm*B12345-6")).toBe(visibleKey("NL-TNM-B12345-6"));
});
