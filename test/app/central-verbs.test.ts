import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CentralControl, centralVerbs } from "../../src/app/central-verbs.ts";

/** What a line asks of a central system: the arguments of its command, or the error. */
async function asked(line: string): Promise<unknown> {
  const heard: unknown[] = [];
  const control: CentralControl = {
    stations: () => [],
    command: async (...all) => {
      heard.push(...all);
      return { answer: {} };
    },
  };
  const parsed = centralVerbs.parse(line);
  if (!parsed.ok) return `${parsed.error.message} | ${parsed.error.hint}`;
  await parsed.value.run(control);
  return heard;
}

describe("lines to a central system", () => {
  it.each([
    ["csms ClearCache", [undefined, "ClearCache", {}]],
    ['csms Reset {"type":"Soft"}', [undefined, "Reset", { type: "Soft" }]],
    ['csms CP002 Reset {"type":"Soft"}', ["CP002", "Reset", { type: "Soft" }]],
    ["csms CP002 ClearCache", ["CP002", "ClearCache", {}]],
    ['csms  bay 7  Reset  { "type": "Soft" }', ["bay 7", "Reset", { type: "Soft" }]],
    [
      'csms DataTransfer {"vendorId":"v","data":"a  b {c}"}',
      [undefined, "DataTransfer", { vendorId: "v", data: "a  b {c}" }],
    ],
    ['csms X {"data":"CP1 Reset"}', [undefined, "X", { data: "CP1 Reset" }]],
    ["csms Raw [1,2]", [undefined, "Raw", [1, 2]]],
  ])("%s", async (line, command) => {
    expect(await asked(line)).toEqual(command);
  });

  it.each([
    ["csms", '"csms" lacks its [station] action [payload] | Write: csms [station] action [payload]'],
    ["csms 7", '"csms" at column 6: "7" is no command | Write for example csms Reset {"type":"Soft"}.'],
    ["csms Reset {type}", '"csms" at column 6: "{type}" is no JSON'],
    ["tap 04A2241BC85E80", '"tap" is not a verb | Verbs are csms, wait, status, help, quit.'],
  ])("%s is refused", async (line, said) => {
    expect(await asked(line)).toContain(said);
  });

  it("is total, and takes every action behind every identity as it is (property)", async () => {
    const id = fc.stringMatching(/^[A-Za-z0-9*=:+|@._-]([A-Za-z0-9 *=:+|@._-]{0,20}[A-Za-z0-9*=:+|@._-])?$/);
    const payload = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(id, payload, async (station, value) => {
        const line = `csms ${station} Reset ${JSON.stringify(value)}`;
        fc.pre(line.length <= 1000);
        expect(await asked(line)).toEqual([station, "Reset", JSON.parse(JSON.stringify(value))]);
      }),
    );
  });
});
