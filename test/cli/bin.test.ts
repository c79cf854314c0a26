import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { settingNames } from "../../src/app/config-settings.ts";
import { ACCESS_MODES, openBook } from "../../src/central/index.ts";
import { commands } from "../../src/cli/commands/table.ts";
import { Bin, type BinOptions, run } from "../support/bin.ts";

const newDir = (): string => mkdtempSync(path.join(tmpdir(), "tapstation-bin-"));
const records = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter((l) => l !== "")
    .map((l) => JSON.parse(l) as Record<string, unknown>);

describe("what is said wrong", () => {
  it.each([
    [["confg"], "Unknown command: confg", "Did you mean config?"],
    [[], "Say which command", "tapstation --help"],
    [["config", "--jsn"], "Unknown flag: --jsn", "Did you mean --json?"],
    [["start", "--redaer", "virtual"], "Unknown flag: --redaer", "Did you mean --reader?"],
    [["config", "extra"], "Unknown argument: extra", "tapstation config --help"],
    [["cards", "lst"], "Unknown argument: lst", "Did you mean list?"],
    [["cards"], "Say what to do: list, add", "tapstation cards --help"],
    [["cards", "add"], "The Hidden ID and --user are missing", "--last-unknown"],
    [["cards", "remove"], "An argument is missing", "tapstation cards remove --help"],
    [["config", "--id"], "--id needs a value", "tapstation config --help"],
    [
      ["start", "--csms", "http://localhost:9000"],
      "is not a WebSocket URL",
      "Did you mean ws://localhost:9000?",
    ],
    [["start", "--reader", "seral:/dev/ttyUSB0"], "does not name a reader", "serial"],
    [["start", "--buzzer", "horn"], "does not name a buzzer", "bell"],
    [["start", "--model", "generic-a"], "generic-a", "generic-ac"],
    [["start", "--config", "none.yaml"], "none.yaml cannot be read", "--config"],
    [["log", "--since", "soon"], '--since: "soon" is not a time', "10m"],
    [["log", "--kind", "frames"], '--kind: "frames" is none of access, authorization', "Did you mean frame?"],
    [["log", "--format", "trace"], "--export is missing", "--export FILE"],
    [["log", "--last", "0"], "is not a number of lines", "--last 20"],
    [["access-mode", "--inherit"], "which station is to inherit", "--station CP001 --inherit"],
    [["access-mode", "open", "--station", "A", "--location", "B"], "are both given", "one of them"],
    [["access-mode", "open", "sesame"], '"open sesame" is no access mode', "Roaming + whitelisting"],
    [["users", "add", "Ann"], "An argument is missing", "tapstation users add --help"],
  ])("%j: exit code 2, what, what to do, no stack trace", async (args, message, hint) => {
    const { code, stdout, stderr } = await run(args, { env: { TAPSTATION_DATA: newDir() } });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it.each([
    ["central.db", ["cards", "list"]],
    ["journal.db", ["log"]],
    ["journal.db", ["start"]],
  ])("%s that is no database: %j says which file, and leaves it alone", async (name, args) => {
    const dir = newDir();
    const file = path.join(dir, name);
    writeFileSync(file, "not a database, at least not one of ours");
    const { code, stderr } = await run(args, { env: { TAPSTATION_DATA: dir } });
    expect(stderr).toContain(file);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
    expect(readFileSync(file, "utf8")).toBe("not a database, at least not one of ours");
  });

  it("in a file is told with its place", async () => {
    const cwd = newDir();
    writeFileSync(path.join(cwd, "station.yaml"), "id: A\nredaer: virtual\n");
    const { code, stderr } = await run(["start", "--config", "station.yaml"], { cwd });
    expect(stderr).toContain('station.yaml:2:1: unknown setting "redaer"');
    expect(code).toBe(2);
  });
});

describe("help", () => {
  it.each(Object.keys(commands))("%s has its own, on standard output", async (name) => {
    const { code, stdout, stderr } = await run([name, "--help"]);
    expect(stdout).toContain(`tapstation ${name}`);
    expect(stdout).toContain("--data");
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("names all commands", async () => {
    const { stdout } = await run(["--help"]);
    for (const name of Object.keys(commands)) expect(stdout).toContain(`tapstation ${name}`);
  });

  it("of start shows every verb", async () => {
    const { stdout } = await run(["start", "--help"]);
    expect(stdout).toContain("network down|up");
  });

  it("of access-mode lists the modes; of users and roaming shows examples", async () => {
    const modes = (await run(["access-mode", "--help"])).stdout;
    for (const mode of ACCESS_MODES)
      expect(modes).toMatch(new RegExp(`^  ${mode.replace("+", "\\+")}  `, "m"));
    for (const name of ["users", "roaming"]) {
      expect((await run([name, "--help"])).stdout).toContain(`Examples:\n  tapstation ${name} list`);
    }
  });

  it("says the version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect((await run(["--version"])).stdout).toBe(`${version}\n`);
    expect((await run(["version"])).stdout).toBe(`${version}\n`);
    expect(records((await run(["version", "--json"])).stdout)).toEqual([
      { name: "tapstation", version, node: process.version },
    ]);
  });
});

describe("tapstation config", () => {
  it("prints the merged values with their origins, secrets masked", async () => {
    const cwd = newDir();
    writeFileSync(path.join(cwd, "s.yaml"), "csms: wss://u:s3cret@host/x\nmodel: generic-dc\n");
    const env = { TAPSTATION_PASSWORD: "s3cret" };
    const { code, stdout } = await run(["config", "--config", "s.yaml", "--id", "CP9"], { cwd, env });
    expect(stdout).toMatch(/^csms +wss:\/\/host\/x +s\.yaml:1:7$/m);
    expect(stdout).toMatch(/^id +CP9 +flag --id$/m);
    expect(stdout).toMatch(/^password +\*\*\* +environment TAPSTATION_PASSWORD$/m);
    expect(stdout).not.toContain("s3cret");
    expect(code).toBe(0);
    const json = records((await run(["config", "--json", "--config", "s.yaml"], { cwd, env })).stdout);
    expect(json).toHaveLength(settingNames.length);
    expect(json).toContainEqual({
      setting: "model",
      value: "generic-dc",
      origin: { from: "file", file: "s.yaml", line: 2, col: 8 },
    });
  });
});

describe("the records of the built-in central system", () => {
  const at = (): BinOptions => ({ env: { TAPSTATION_DATA: newDir() } });

  it("cards: a card is added with its user, listed, blocked and removed", async () => {
    const o = at();
    const added = await run(
      ["cards", "add", "04AABBCCDDEEFF", "--user", "Ann Smith", "--nickname", "Blue card"],
      o,
    );
    expect(added.stdout).toBe('Card 04AABBCCDDEEFF "Blue card" is Ann Smith\'s now.\n');
    expect(added.stderr).toContain("ann.smith@example.com> was added as a user");
    const of = async () => records((await run(["cards", "list", "--json"], o)).stdout);
    expect(await of()).toContainEqual(
      expect.objectContaining({ hiddenId: "04AABBCCDDEEFF", blocked: false }),
    );
    expect((await run(["cards", "block", "04aabbccddeeff"], o)).code).toBe(0);
    expect(await of()).toContainEqual(expect.objectContaining({ hiddenId: "04AABBCCDDEEFF", blocked: true }));
    expect((await run(["cards", "unblock", "04AABBCCDDEEFF"], o)).code).toBe(0);
    expect((await run(["cards", "list"], o)).stdout).toMatch(
      /^04AABBCCDDEEFF +- +Blue card +Ann Smith <.*> +valid$/m,
    );
    expect((await run(["cards", "remove", "blue card"], o)).code).toBe(0);
    expect(await of()).not.toContainEqual(expect.objectContaining({ hiddenId: "04AABBCCDDEEFF" }));
    expect((await run(["cards", "remove", "04AABBCCDDEEFF"], o)).code).toBe(2);
  });

  it("cards: what cannot be is refused in words", async () => {
    const o = at();
    const printed = await run(["cards", "add", "NL-TNM-B99999-1", "--user", "Ada Driver"], o);
    expect(printed.stderr).toContain("visible ID");
    expect(printed.code).toBe(2);
    const none = await run(["cards", "add", "--last-unknown", "--user", "Ann Smith"], o);
    expect(none.stderr).toContain("No unknown card was offered yet");
    expect(none.code).toBe(2);
    expect((await run(["cards", "add", "04AABBCCDDEEFF", "--user", "Ann"], o)).stderr).toContain(
      'There is no user "Ann"',
    );
    expect((await run(["cards", "add", "--user", "Ada Driver"], o)).stderr).toContain("Hidden ID is missing");
    expect((await run(["cards", "unknown"], o)).stderr).toContain("No unknown card was offered");
  });

  it("cards: a refused card leaves no user behind; a user can be removed", async () => {
    const o = at();
    const refused = await run(["cards", "add", "NL-TNM-B99999-1", "--user", "Bob B"], o);
    expect(refused.code).toBe(2);
    expect(refused.stderr).not.toContain("added as a user");
    expect((await run(["users", "list"], o)).stdout).not.toContain("Bob");
    expect((await run(["users", "add", "Bob", "B", "--email", "b@example.org"], o)).code).toBe(0);
    expect((await run(["users", "remove", "bob b"], o)).stdout).toContain("is no longer a user");
    expect((await run(["users", "list"], o)).stdout).not.toContain("Bob");
    const boss = await run(["users", "add", "Bob", "B", "--email", "b@example.org", "--role", "boss"], o);
    expect(boss.stderr).toContain('"boss" is no role');
    expect(boss.code).toBe(2);
  });

  it("users, roaming tokens and access modes", async () => {
    const o = at();
    expect((await run(["users", "add", "Ann", "Smith", "--email", "ann@example.org"], o)).code).toBe(0);
    expect((await run(["users", "list"], o)).stdout).toMatch(/^Ann Smith +ann@example\.org +cardholder/m);
    const contract = ["--contract", "NL-TNM-C12345678"];
    expect((await run(["roaming", "add", "04AABBCC", ...contract], o)).stdout).toContain(
      "NL-TNM-C12345678 of NL-TNM now",
    );
    expect((await run(["roaming", "add"], o)).stderr).toContain("The Hidden ID and --contract are missing");
    expect(records((await run(["roaming", "list", "--json"], o)).stdout)).toHaveLength(1);
    expect((await run(["roaming", "remove", "04AABBCC"], o)).code).toBe(0);
    expect((await run(["access-mode", "open"], o)).stdout).toContain("is Open now");
    const unseen = await run(["access-mode", "open", "--station", "TAP001"], o);
    expect(unseen.stderr).toContain('There is no station "TAP001"');
    expect(unseen.stderr).toContain("when it has connected once");
    expect(unseen.code).toBe(2);
    const book = openBook(path.join(o.env?.TAPSTATION_DATA ?? "", "central.db"));
    book.addAsset({ id: "TAP001" });
    book.close();
    expect((await run(["access-mode", "roaming+whitelisting", "--station", "TAP001"], o)).stdout).toContain(
      "station TAP001 is Roaming + whitelisting now",
    );
    expect((await run(["access-mode", "--station", "TAP001", "--inherit"], o)).stdout).toContain(
      "is Open now, inherited",
    );
    expect((await run(["access-mode", "Roaming", "+", "whitelisting"], o)).stdout).toContain(
      "location Demo location is Roaming + whitelisting now",
    );
    expect((await run(["access-mode", "open"], o)).code).toBe(0);
    expect((await run(["access-mode", "opne"], o)).code).toBe(2);
    expect((await run(["access-mode", "--station", "NONE"], o)).code).toBe(2);
    expect((await run(["cards", "add", "04AABBCC", "--user", "Ada Driver"], o)).stderr).toContain(
      "access mode",
    );
  });
});

describe("a station as a process", () => {
  const bins: Bin[] = [];
  afterEach(async () => {
    for (const bin of bins.splice(0)) {
      bin.process.kill("SIGKILL");
      await bin.ended;
    }
  });
  function started(args: readonly string[], o: BinOptions): Bin {
    const bin = new Bin(["start", ...args], o);
    bins.push(bin);
    return bin;
  }

  it("the whitelisting procedure: rejected, seen in the log, given to a user from a second terminal, accepted", async () => {
    const o = { env: { TAPSTATION_DATA: newDir() } };
    const args = ["--control", "-", "--json", "--ocpp", "1.6", "--reader", "virtual"];
    const first = await run(["start", ...args], { ...o, input: "tap 04AABBCCDDEEFF\n" });
    expect(records(first.stdout)).toContainEqual(
      expect.objectContaining({ kind: "verdict", outcome: "rejected" }),
    );
    const bin = started(args, o);
    await bin.until((b) => b.stdout.includes('"registration"'));

    const log = await run(["log", "--action", "Authorize"], o);
    expect(log.stdout).toMatch(/^\d{4}-\S+ \S+ → Authorize idTag=04AABBCCDDEEFF ← Invalid \d+ ms$/m);
    expect((await run(["cards", "unknown"], o)).stdout).toMatch(/^04AABBCCDDEEFF +\S+ +CP001 +1$/m);
    const added = await run(
      ["cards", "add", "--last-unknown", "--user", "Ann Smith", "--nickname", "Blue card"],
      o,
    );
    expect(added.stdout).toContain("04AABBCCDDEEFF");

    bin.process.stdin.write("plug 1\ntap 04AABBCCDDEEFF\n");
    await bin.until((b) => /"event":"started"/.test(b.stdout));
    bin.process.stdin.end("unplug 1\n");
    const { code, stdout } = await bin.ended;
    expect(code).toBe(0);
    const facts = records(stdout);
    expect(facts).toContainEqual(
      expect.objectContaining({
        kind: "access",
        status: "Accepted",
        free: true,
        card: { nickname: "Blue card", user: "Ann Smith" },
      }),
    );
    expect(facts.map((f) => `${f.kind} ${f.event}`)).toContain("transaction ended");
    expect((await run(["log", "--token", "04AABBCCDDEEFF"], o)).stdout).toContain("✔ accepted");

    const file = path.join(newDir(), "trace.jsonl");
    expect((await run(["log", "--export", file, "--format", "trace", "--action", "Authorize"], o)).code).toBe(
      0,
    );
    const trace = records(readFileSync(file, "utf8"));
    expect(trace.map((t) => t.messageType)).toEqual(
      ["CALL", "CALLRESULT", "CALL", "CALLRESULT"].slice(0, trace.length),
    );
    expect(trace[0]).toMatchObject({ ocppVersion: "1.6", action: "Authorize", direction: "cp-to-csms" });
    const exported = (await run(["log", "--export", "-", "--last", "3"], o)).stdout;
    expect(records(exported)).toEqual(records((await run(["log", "--json", "--last", "3"], o)).stdout));
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 0],
  ] as const)("stops cleanly on %s with exit code %i", async (signal, code) => {
    const bin = started(["--reader", "virtual"], { env: { TAPSTATION_DATA: newDir() } });
    await bin.until((b) => b.stderr.includes("registration Accepted"));
    bin.process.kill(signal);
    const outcome = await bin.ended;
    expect(outcome.code).toBe(code);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toMatch(/station +CP001/);
  });

  it("log --follow shows what happens in another process, and ends with its reader", async () => {
    const o = { env: { TAPSTATION_DATA: newDir() } };
    const follower = new Bin(["log", "--follow", "--action", "Authorize"], o);
    bins.push(follower);
    const bin = started(["--control", "-", "--reader", "virtual"], o);
    bin.process.stdin.end("tap 04AABBCCDDEEFF\n");
    expect((await bin.ended).code).toBe(0);
    await follower.until((b) =>
      /→ Authorize idTag=04AABBCCDDEEFF ← Invalid|← Authorize idTag=04AABBCCDDEEFF Invalid/.test(b.stdout),
    );
    expect(follower.stdout).toContain("→ Authorize idTag=04AABBCCDDEEFF");
    follower.process.kill("SIGINT");
    expect((await follower.ended).code).toBe(130);
  });

  it("log says what there is when nothing matches; --follow ends at --until and takes --last", async () => {
    const o = { env: { TAPSTATION_DATA: newDir() } };
    await run(["start", "--control", "-"], { ...o, input: "tap 04AABBCCDDEEFF\n" });
    const none = await run(["log", "--action", "Authorise", "--station", "CP002"], o);
    expect(none.stdout).toBe("");
    expect(none.stderr).toContain("Nothing matches.");
    expect(none.stderr).toContain("Did you mean Authorize?");
    expect(none.stderr).toContain("Recorded: CP001.");
    expect((await run(["log", "--token", "NL-TNM-C12345678"], o)).stderr).toContain("visible ID");
    const plain = await run(["log", "--last", "3"], o);
    expect(plain.stdout.split("\n")).toHaveLength(4);
    const followed = await run(["log", "--follow", "--last", "3", "--until", "0s"], o);
    expect(followed).toEqual(plain);
  });

  it("log says that nothing was recorded yet, and does not make a data directory", async () => {
    const dir = path.join(newDir(), "none");
    const { code, stderr } = await run(["log"], { env: { TAPSTATION_DATA: dir } });
    expect(stderr).toContain(`Nothing was recorded in ${dir} yet`);
    expect(code).toBe(0);
  });

  it("a closed pipe ends the output, not in an error", async () => {
    const bin = started(["--json", "--reader", "virtual"], { env: { TAPSTATION_DATA: newDir() } });
    await bin.until((b) => b.stdout.includes("\n"));
    bin.process.stdout.destroy();
    const { code, stderr } = await bin.ended;
    expect(stderr).not.toContain("EPIPE");
    expect(code).toBe(0);
  });
});
