import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createStation, type LibraryStation } from "../../src/app/create.ts";
import { type Central, createCentral } from "../../src/central/index.ts";
import { type Outcome, run } from "../support/bin.ts";

const newDir = (): string => mkdtempSync(path.join(tmpdir(), "tapstation-cards-"));
const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Runs `cards …` in a data directory, with a file of this content in the working directory. */
async function cards(data: string, args: readonly string[], content = ""): Promise<Outcome> {
  writeFileSync(path.join(data, "cards.csv"), content);
  return run(["cards", ...args], { env: { TAPSTATION_DATA: data }, cwd: data });
}

const list = async (data: string): Promise<string> => (await cards(data, ["export"])).stdout;

const FILE = `uid,visual_number,valid,name,user,email
04DEADBEEF0180,NL-TNM-B77777-1,true,Blue,Ann Smith,ann@example.com
04:a1:b2:c3,,false,Red,Ann Smith,
`;

describe("tapstation cards import", () => {
  it("is tried out first, and done with --apply; a second time nothing is new", async () => {
    const data = newDir();
    const before = await list(data);
    const tried = await cards(data, ["import", "cards.csv"], FILE);
    expect(tried.stdout).toContain("2 to add.");
    expect(tried.stderr).toContain("--apply");
    expect(await list(data)).toBe(before);
    expect((await cards(data, ["import", "cards.csv", "--apply"], FILE)).stdout).toContain("2 added.");
    expect(lines(await list(data)).slice(2)).toEqual([
      "04DEADBEEF0180,NL-TNM-B77777-1,Blue,Ann Smith,ann@example.com,false,",
      "04A1B2C3,,Red,Ann Smith,ann@example.com,true,",
    ]);
    expect((await cards(data, ["import", "cards.csv", "--apply"], FILE)).stdout).toBe(
      "0 added, 2 there already.\n",
    );
  });

  it("counts lines as an editor does, also with Windows' line ends", async () => {
    const text = `${FILE}04A1B2C4,,maybe,z,Ann Smith,\n`.replaceAll("\n", "\r\n");
    const { stderr } = await cards(newDir(), ["import", "cards.csv"], text);
    expect(stderr).toContain('cards.csv:4:11: valid: "maybe"');
  });

  it("takes a card that stands there twice for one, unless the lines differ; many bad lines are counted", async () => {
    const data = newDir();
    const twice = "uid,name,user\n04AABBCC,Blue,Ann Smith\n04AABBCC,Blue,Ann Smith\n04AABBCC,,Ann Smith\n";
    const { code, stdout } = await cards(data, ["import", "cards.csv"], twice);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining("1 to add, 2 there already."),
    });
    const other = await cards(data, ["import", "cards.csv"], `${twice}04AABBCC,Red,Ann Smith\n`);
    expect(other.stderr).toContain(
      "cards.csv:5:1: hidden_id: 04AABBCC stands in line 2 already, and differs",
    );
    const alike = await cards(data, ["import", "cards.csv"], `uid,user\n${",Ann Smith\n".repeat(250)}`);
    expect(alike.stderr).toContain(
      "cards.csv:2:1: hidden_id: there is no Hidden ID (the same in 249 lines more)",
    );
    const users = Array.from({ length: 250 }, (_, i) => `04AABBCC,Nobody${i}\n`).join("");
    const many = await cards(data, ["import", "cards.csv"], `uid,user\n${users}`);
    expect(many.stderr).toContain("\nand 150 more\n");
  });

  it("tells nameless cards of one person apart", async () => {
    const text = "uid,user\n04AABBCC,Ann Smith\n04AABBDD,Ann Smith\n";
    const { stdout } = await cards(newDir(), ["import", "cards.csv"], text);
    expect(stdout).toContain("Ann's card BBCC");
    expect(stdout).toContain("Ann's card BBDD");
  });

  it("refuses what a spreadsheet has cut, and warns of decimal numbers", async () => {
    const data = newDir();
    const text = "uid,user\n1.30418E+15,Ann Smith\n";
    const cut = await cards(data, ["import", "cards.csv"], text);
    expect(cut.stderr).toContain("cards.csv:2:1: hidden_id: 1.30418E+15 was cut by a spreadsheet");
    expect((await cards(data, ["import", "cards.csv", "--force"], text)).code).toBe(0);
    const decimal = await cards(data, ["import", "cards.csv"], "uid,user\n1304175875481216,Ann Smith\n");
    expect(decimal.stdout).toContain("if it is a decimal number, tapstation cards why 1304175875481216");
  });

  it("reads what spreadsheets call Unicode text, and refuses what would be garbled", async () => {
    const data = newDir();
    const text = "uid,name,user\n04AABBCC,Müller,Ann Smith\n";
    const read = async (bytes: Buffer) => {
      writeFileSync(path.join(data, "cards.csv"), bytes);
      return run(["cards", "import", "cards.csv"], { env: { TAPSTATION_DATA: data }, cwd: data });
    };
    expect((await read(Buffer.from(`\ufeff${text}`, "utf16le"))).stdout).toContain("Müller");
    const { code, stderr } = await read(Buffer.from(text, "latin1"));
    expect(stderr).toContain("cards.csv is not UTF-8: its letters would be garbled");
    expect(code).toBe(2);
  });

  it("every bad line is told with line and column, and nothing is half done", async () => {
    const data = newDir();
    const before = await list(data);
    const bad = `${FILE}NL-TNM-B12345-6,,,x,Ann Smith,\n04DEADBEEF0180,,,y,Ann Smith,\n04A1B2C4,,maybe,z,Ann Smith,\n04A1B2C5,,,z,Nobody,\n,,,z,Ann Smith,\n`;
    const { code, stderr, stdout } = await cards(data, ["import", "cards.csv", "--apply"], bad);
    expect(lines(stderr).slice(0, 5)).toEqual([
      expect.stringMatching(/^cards\.csv:4:1: hidden_id: "NL-TNM-B12345-6" is the visible ID/),
      expect.stringMatching(/^cards\.csv:5:1: hidden_id: 04DEADBEEF0180 stands in line/),
      expect.stringMatching(/^cards\.csv:6:11: valid: "maybe"/),
      expect.stringMatching(/^cards\.csv:7:14: user: There is no user/),
      expect.stringMatching(/^cards\.csv:8:1: hidden_id: there/),
    ]);
    expect(stderr).toContain("5 lines of 7 in cards.csv cannot be imported; nothing was changed");
    expect(stdout).not.toContain("added.");
    expect(code).toBe(2);
    expect(await list(data)).toBe(before);
  });

  it("a card that differs is kept, and with --replace becomes as the file has it; what the file leaves out stays", async () => {
    const data = newDir();
    await cards(data, ["import", "cards.csv", "--apply"], FILE);
    const changed = "hidden_id,nickname\n04DEADBEEF0180,Green\n";
    const kept = await cards(data, ["import", "cards.csv", "--apply"], changed);
    expect(kept.stdout).toContain("kept as it is; nickname is Blue, in the file Green");
    const json = await cards(data, ["import", "cards.csv", "--apply", "--replace", "--json"], changed);
    expect(JSON.parse(json.stdout)).toMatchObject({ line: 2, action: "replace", done: true });
    expect(await list(data)).toContain(
      "04DEADBEEF0180,NL-TNM-B77777-1,Green,Ann Smith,ann@example.com,false,",
    );
  });

  it("what was exported is imported as it was, as CSV and as local list", async () => {
    const [from, to, bare] = [newDir(), newDir(), newDir()];
    await cards(from, ["import", "cards.csv", "--apply"], FILE);
    const csv = await list(from);
    expect((await cards(to, ["import", "cards.csv", "--apply", "--replace"], csv)).code).toBe(0);
    expect(await list(to)).toBe(csv);
    const local = (await cards(from, ["export", "--format", "local-list", "--ocpp", "2.0.1"])).stdout;
    const imported = await cards(bare, ["import", "cards.csv", "--user", "Ann Smith", "--apply"], local);
    expect(imported.stdout).toContain("2 added, 1 there already.");
    expect(await list(bare)).toMatch(/04A1B2C3,.*,true,$/m);
  });
});

describe("tapstation cards export --format send-local-list", () => {
  let central: Central;
  let station: LibraryStation;
  afterEach(async () => {
    await station.stop();
    await central.close();
  });

  it.each(["1.6", "2.0.1"] as const)(
    "OCPP %s: a real station takes the requests one after the other",
    async (ocpp) => {
      const data = newDir();
      await cards(data, ["import", "cards.csv", "--apply"], FILE);
      central = await createCentral({ data: path.join(data, "central.db") });
      station = await createStation({ csms: central.url, data, ocpp });
      await station.online();
      const requests = async (...args: string[]): Promise<object[]> => {
        const { stdout } = await cards(data, [
          "export",
          "--format",
          "send-local-list",
          "--ocpp",
          ocpp,
          ...args,
        ]);
        return lines(stdout).map((line) => JSON.parse(line) as object);
      };
      const send = async (all: readonly object[]): Promise<void> => {
        for (const request of all)
          expect(await central.send("CP001", "SendLocalList", request)).toMatchObject({
            payload: { status: "Accepted" },
          });
      };
      const full = await requests("--max", "2");
      expect(full.map((r) => (r as { updateType: string }).updateType)).toEqual(["Full", "Differential"]);
      await send(full);
      await station.network("down");
      expect(await station.tap("04DEADBEEF0180")).toMatchObject({ outcome: "accepted", by: "list" });
      expect(await station.tap("04A1B2C3")).toMatchObject({
        outcome: "rejected",
        by: "list",
        status: "Blocked",
      });
      await station.network("up");
      await station.waitFor({ kind: "link", state: "connected" });
      expect(await requests("--update", "differential")).toEqual([]);
      central.book.removeCard("04A1B2C3");
      central.book.blockCard("04DEADBEEF0180");
      const changed = await requests("--update", "differential");
      expect(changed).toHaveLength(1);
      await send(changed);
      expect(await requests("--update", "differential")).toEqual([]);
    },
  );
});
