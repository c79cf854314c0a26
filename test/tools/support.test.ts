import { expect, it } from "vitest";
import { knownActions } from "../../src/ocpp/schemas.ts";
import { standardTable } from "../../src/station/settings.ts";
import { answeredActions, sentActions, supportRows, withSupportTable } from "../../src/tools/support.ts";
import { actionNotes, specifiedKeys } from "../../src/tools/support-notes.ts";

const versions = ["1.6", "2.0.1"] as const;

it.each(versions)("names every action of %s once a direction, and none that there is not", (version) => {
  const rows = supportRows().filter((row) => row.includes(`OCPP ${version}`) && !row.includes("keys"));
  const named = rows.flatMap((row) => {
    const cells = row
      .replaceAll(/\([^)]*\)/g, "")
      .split("|")
      .slice(2);
    return cells.flatMap((cell) => cell.match(/\w+/g) ?? []);
  });
  expect(named.toSorted()).toEqual([...knownActions(version), "DataTransfer"].toSorted());
});

it.each(versions)(
  "what is sent and answered in %s has a schema, and notes are about something that is there",
  (v) => {
    const done = [...sentActions(v), ...answeredActions(v)];
    expect(done.filter((action) => !knownActions(v).includes(action))).toEqual([]);
    expect(Object.keys(actionNotes[v]).filter((action) => !done.includes(action))).toEqual([]);
  },
);

it("every key that this station has is one that is specified", () => {
  expect(standardTable.keys16.filter((key) => !specifiedKeys.includes(key))).toEqual([]);
});

it("refuses a README without the place for it", () => {
  expect(() => withSupportTable("# nothing")).toThrow(/support table/);
});
