import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCardsFile } from "../../src/cli/cards-file.ts";
import { isJson, readLocalList } from "../../src/cli/cards-json.ts";

const invalid = (message: string, hint: string) =>
  expect.objectContaining({
    code: "input.invalid",
    message: expect.stringContaining(message) as string,
    hint: expect.stringContaining(hint) as string,
  });

describe("a CSV file of cards", () => {
  it.each([
    ["hidden_id,visible_id,nickname\nA1,V1,N1\n", { hidden_id: "A1", visible_id: "V1", nickname: "N1" }],
    [
      "\ufeffUID;visual_number;Valid;contract_id\nA1;V1;false;NL-TNM-C12345678",
      { hidden_id: "A1", visible_id: "V1", valid: "false", contract_id: "NL-TNM-C12345678" },
    ],
    [
      "EvcoID\tUID\tPrintedNumber\tExpiryDate\r\nE\tA1\tP\t2030-01-01\r\n",
      { contract_id: "E", hidden_id: "A1", visible_id: "P", expiry: "2030-01-01" },
    ],
    ["idTag,note\n A1 , \n", { hidden_id: "A1" }],
    ["uid,hidden_id,time\nA1,a100,2030\n", { hidden_id: "a100" }],
    [
      "Hidden ID,Public Card ID,E-mail address\nA1,V1,a@b",
      { hidden_id: "A1", visible_id: "V1", email: "a@b" },
    ],
  ])("%j is read by the names of its columns", (text, fields) => {
    expect(readCardsFile(text, "f.csv").map((row) => row.fields)).toEqual([fields]);
  });

  it("any values come back, and each cell's place is where it stands", () => {
    const cell = fc
      .string({ minLength: 1, unit: fc.constantFrom("a", "7", " x", '"', ",", ";", "\n", "ö", "=") })
      .map((t) => `v${t}w`);
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rows, (cells) => {
        const text = stringify([["hidden_id", "nickname", "user"], ...cells]);
        const lines = text.split("\n");
        const read = readCardsFile(text, "f.csv");
        expect(read.map(({ fields: f }) => [f.hidden_id, f.nickname, f.user])).toEqual(cells);
        for (const row of read) {
          for (const field of ["hidden_id", "nickname", "user"] as const) {
            const { line, col } = row.place(field);
            const there = lines
              .slice(line - 1)
              .join("\n")
              .slice(col - 1)
              .replace(/^"/, "");
            const value = (row.fields[field] ?? "").replaceAll('"', '""');
            expect(there.startsWith(value) || there.startsWith(row.fields[field] ?? "")).toBe(true);
          }
        }
      }),
    );
  });

  it("blank lines are no lines, and count", () => {
    const [row] = readCardsFile("uid,name\n\n\nA1,B\n", "f.csv");
    expect([row?.line, row?.place("nickname")]).toEqual([4, { line: 4, col: 4 }]);
  });

  it("what keeps a cell from being a formula is taken off", () => {
    const text = stringify(
      [
        ["uid", "name"],
        ["A1", "=1+1"],
      ],
      { escape_formulas: true },
    );
    expect(readCardsFile(text, "f.csv")[0]?.fields.nickname).toBe("=1+1");
  });

  it("--map names a column, before all guesses", () => {
    expect(readCardsFile("Number,uid\nA1,B2", "f.csv", { hidden_id: "number" })[0]?.fields).toEqual({
      hidden_id: "A1",
    });
  });

  it.each<[string, Record<string, string>, string, string]>([
    ["", {}, "f.csv is empty", "first line"],
    [
      "a,b\n1,2",
      {},
      'f.csv:1: no column is known as the Hidden ID; there are "a", "b"',
      "--map hidden_id=COLUMN",
    ],
    [
      "uid,idTag\n1,2",
      {},
      'f.csv:1: the columns "uid" and "idTag" may both be hidden_id',
      "--map hidden_id=uid",
    ],
    ["uid\n1", { hidden_id: "x" }, 'there is no column "x"', "uid"],
    ['uid,name\r\nA1,"open\r\nB2,c', {}, "f.csv:2:4: this quote is never closed", "Close it"],
    ['uid,name\nA1,"a" b', {}, "f.csv:2", "quote"],
  ])("%j, map %j: what is wrong, and where", (text, map, message, hint) => {
    expect(() => readCardsFile(text, "f.csv", map)).toThrow(invalid(message, hint));
  });
});

describe("a local list in JSON", () => {
  const entry16 = {
    idTag: "04A2241BC85E80",
    idTagInfo: { status: "Blocked", expiryDate: "2030-01-01T00:00:00Z" },
  };
  const entry201 = {
    idToken: { idToken: "04A1B2C3", type: "ISO14443" },
    idTokenInfo: { status: "Accepted" },
  };

  it.each([
    ["an array", JSON.stringify([entry16, entry201], undefined, 2)],
    [
      "a request",
      JSON.stringify({ listVersion: 1, updateType: "Full", localAuthorizationList: [entry16, entry201] }),
    ],
    [
      "requests, a line each",
      [[entry16], [entry201]].map((list) => `${JSON.stringify({ localAuthorizationList: list })}\n`).join(""),
    ],
  ])("%s", (_, text) => {
    expect(isJson(text)).toBe(true);
    expect(readLocalList(text, "l.json").map((row) => row.fields)).toEqual([
      { hidden_id: "04A2241BC85E80", blocked: "true", expiry: "2030-01-01T00:00:00Z" },
      { hidden_id: "04A1B2C3", blocked: "false" },
    ]);
  });

  it("knows where each token stands; what only takes a token away is no card", () => {
    const text = '[\n  {"idTag": "A", "idTagInfo": {"status": "Accepted"}},\n  {"idTag": "B"}\n]';
    expect(readLocalList(text, "l.json").map((row) => row.place("hidden_id"))).toEqual([
      { line: 2, col: 13 },
    ]);
  });

  it.each([
    ['{"a":1}', "l.json:1:1: there is no list of tokens"],
    ["[1]", "l.json:1:2: an entry of the list is no object"],
    ['[{"idTag":"A"\n', "this is no JSON"],
  ])("%j: what is wrong, and where", (text, message) => {
    expect(() => readLocalList(text, "l.json")).toThrow(invalid(message, "SendLocalList"));
  });
});
