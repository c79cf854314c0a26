import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Outcome, run } from "../support/bin.ts";

const DEMO = "04A2241BC85E80";
const NEW = "047DAFBA7F8231";
const env = { TAPSTATION_DATA: mkdtempSync(path.join(tmpdir(), "tapstation-why-")) };
const why = (...text: string[]): Promise<Outcome> => run(["cards", "why", ...text], { env });

beforeAll(async () => {
  await run(["start", "--reader", "virtual", "--control", "-"], { env, input: `tap ${NEW}\nquit\n` });
  await run(["cards", "add", "31827FBAAF7D04", "--user", "Ann Smith", "--nickname", "Wrong"], { env });
});

describe("tapstation cards why", () => {
  it("a tapped card that the whitelist holds reversed: says so, and what to store instead of what", async () => {
    const { code, stdout } = await why(NEW);
    expect(stdout).toMatch(
      /^047DAFBA7F8231\n {2}"047DAFBA7F8231" is its Hidden ID\n {2}known from the journal/,
    );
    expect(stdout).toContain(
      '31827FBAAF7D04 "Wrong" of Ann Smith\n  "047DAFBA7F8231" is its UID 31827FBAAF7D04 as hex, bytes',
    );
    expect(stdout).toContain(
      "  store 047DAFBA7F8231 instead of 31827FBAAF7D04: that is what the station sent",
    );
    expect(code).toBe(0);
  });

  it("takes words, blanks and all, and the number printed on the card", async () => {
    expect((await why("04", "a2", "24", "1b", "c8", "5e", "80")).stdout).toContain(`store ${DEMO}`);
    expect((await why("nl-tnm-b12345-6")).stdout).toContain("is its visible ID");
    const [found] = (await why("1304175875481216", "--json")).stdout.trim().split("\n");
    expect(JSON.parse(found ?? "")).toMatchObject({
      store: DEMO,
      card: { nickname: "Demo card", where: ["the whitelist"] },
    });
  });

  it("an unknown text: exit code 1, and what it could be", async () => {
    const { code, stdout, stderr } = await why("0001590676");
    expect(stdout).toBe("");
    expect(stderr).toContain(
      "It could be the UID 00184594 as decimal with leading zeros; generic-ac sends 00184594.",
    );
    expect(stderr).toContain("tapstation tap");
    expect(code).toBe(1);
    expect((await why("DE-ABC-C99999999")).stderr).toContain("looks like a visible ID");
    expect((await why()).code).toBe(2);
  });
});
