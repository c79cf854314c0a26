import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createStation, type LibraryStation } from "../../src/app/create.ts";
import type { Explanation } from "../../src/app/explanation.ts";
import type { PastTap } from "../../src/app/past-tap.ts";
import { type Central, createCentral } from "../../src/central/index.ts";
import { run } from "../support/bin.ts";

const UID = "04A2241BC85E80";
const NEW = "04DEADBEEF0180";
let data: string;
let central: Central;
let station: LibraryStation;

beforeEach(async () => {
  data = mkdtempSync(path.join(tmpdir(), "tapstation-explain-"));
  central = await createCentral({ data: path.join(data, "central.db") });
  station = await createStation({ csms: central.url, data, retapMs: 0 });
  await station.online();
});
afterEach(async () => {
  await station.stop();
  await central.close();
});

const key = (name: string, value: string): Promise<unknown> =>
  central.send("CP001", "ChangeConfiguration", { key: name, value });

async function explained(...args: readonly string[]): Promise<Explanation & { past?: PastTap }> {
  const { code, stdout, stderr } = await run(["explain", ...args, "--json"], {
    env: { TAPSTATION_DATA: data },
  });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout) as Explanation & { past?: PastTap };
}

describe("tapstation explain, beside a running station", () => {
  it.each<[string, (() => Promise<unknown>)[], string, string[]]>([
    ["unknown, online", [], NEW, []],
    ["whitelisted, online", [], UID, []],
    [
      "cached and pre-authorized",
      [() => station.tap(UID), () => station.tap(UID), () => key("LocalPreAuthorize", "true")],
      UID,
      [],
    ],
    ["offline, unknown", [() => station.network("down")], NEW, ["--offline"]],
    [
      "offline, unknown allowed",
      [() => key("AllowOfflineTxForUnknownId", "true"), () => station.network("down")],
      NEW,
      ["--offline"],
    ],
    [
      "blocked in the list, offline",
      [
        () =>
          central.send("CP001", "SendLocalList", {
            listVersion: 1,
            updateType: "Full",
            localAuthorizationList: [{ idTag: UID, idTagInfo: { status: "Blocked" } }],
          }),
        () => key("AllowOfflineTxForUnknownId", "true"),
        () => station.network("down"),
      ],
      UID,
      ["--offline"],
    ],
    ["an Open access mode", [async () => central.book.setAccessMode({ asset: "CP001" }, "Open")], NEW, []],
  ])("%s: says before the tap what the station does then", async (_, setup, uid, args) => {
    for (const step of setup) await step();
    const { outcome } = await explained(uid, ...args);
    const verdict = await station.tap(uid);
    expect(verdict).toMatchObject({ outcome: outcome.outcome, by: outcome.by });
    const sent = station.facts().filter((f) => f.kind === "frame" && f.action === "Authorize").length > 0;
    if (setup.length === 0) expect(sent).toBe(outcome.asks);
  });

  it("a past tap is explained by the settings of then, and by nothing that was stored since", async () => {
    const command = ["start", "--id", "CP009", "--reader", "virtual", "--control", "-"];
    const env = { TAPSTATION_DATA: data };
    await run(command, { env, input: `tap ${NEW}\nquit\n` });
    const { past, outcome, notes } = await explained("--last", "--id", "CP009");
    expect(past).toMatchObject({ uid: NEW, online: true, verdict: { outcome: "rejected", by: "csms" } });
    expect(past?.access?.why).toContain("No card with this Hidden ID");
    expect(outcome).toMatchObject({ outcome: "rejected", by: "csms", asks: true, rule: "ask" });
    expect(outcome.why).toContain("unknown here");
    expect(notes.join()).toContain("written after that tap");
    const { stderr, code } = await run(["explain", "--tap", "2", "--id", "CP009"], { env });
    expect(stderr).toContain("only 1 are recorded");
    expect(code).toBe(2);
  });

  it("finds a card by nickname, and tells what was tried", async () => {
    const { token, card, differences, access } = await explained("demo card");
    expect([token.idToken, card?.user, access?.mode]).toEqual([UID, "Ada Driver", "Whitelisting"]);
    const rejecting = differences.filter((d) => d.kind === "outcome").map((d) => d.variable ?? d.what);
    expect(rejecting).toEqual([
      "AuthCtrlr.DisableRemoteAuthorization",
      "the connection is down",
      "the access mode is Roaming",
      "the card is not on the whitelist",
      "the card is blocked",
    ]);
  });

  it("a UID is spelled as the model sends it, unless it is said to be the token", async () => {
    expect((await explained("047DAFBA7F8231", "--model", "keba-like")).token.idToken).toBe(
      "047dafba7f823100",
    );
    expect((await explained("047DAFBA7F8231", "--model", "keba-like", "--as-is")).token.idToken).toBe(
      "047DAFBA7F8231",
    );
  });

  it("tap --authorize asks all the same where the station would not, and says why it would not", async () => {
    await station.tap(UID);
    await station.tap(UID);
    await key("LocalPreAuthorize", "true");
    const asked = async (uid: string) =>
      (await run(["tap", uid, "--authorize"], { env: { TAPSTATION_DATA: data } })).stdout.replace(
        /\s+/g,
        " ",
      );
    expect(await asked(UID)).toMatch(
      /Authorize Accepted in \d+ ms.*would not have asked: the Authorization Cache says Accepted and LocalPreAuthorize is true/,
    );
    expect(await asked(NEW)).toMatch(/Authorize Invalid in \d+ ms(?!.*would not have asked)/);
  });

  it("the text says whether the card is seen, and what to do when it is not", async () => {
    const { stdout } = await run(["explain", UID, "--key", "AuthCtrlr.Enabled=false"], {
      env: { TAPSTATION_DATA: data },
    });
    expect(stdout).toContain("accepted by the settings, no Authorize is sent");
    expect(stdout).toContain("tapstation tap\n  --authorize");
  });

  it.each([
    [["explain"], "A card is missing", "--last"],
    [["explain", UID, "--last"], "a card and --last are both given", "one of them"],
    [
      ["explain", UID, "--key", "LocalPreAuthorise=true"],
      'no setting "LocalPreAuthorise"',
      "Did you mean LocalPreAuthorize?",
    ],
    [["explain", UID, "--key", "LocalPreAuthorize=yes"], "is true or false", "--key LocalPreAuthorize=true"],
    [["explain", UID, "--key", "LocalPreAuthorize"], "is not KEY=VALUE", "--key LocalPreAuthorize=true"],
    [["explain", "--last", "--id", "CP7"], "no such tap of CP7", "--kind verdict"],
  ])("%j: what, what to do, exit code 2", async (args, message, hint) => {
    const { code, stderr, stdout } = await run(args, { env: { TAPSTATION_DATA: data } });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
