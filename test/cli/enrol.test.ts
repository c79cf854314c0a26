import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Bin, run } from "../support/bin.ts";
import { missingCommand } from "../support/pty.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const HEAD = "hidden_id,visible_id,nickname,uid,card_type,time";
const stop: (() => void)[] = [];
afterEach(() => {
  for (const end of stop.splice(0)) end();
});

/** A folder with a named pipe as reader and a file to enrol into. */
class Desk {
  readonly dir = mkdtempSync(path.join(tmpdir(), "tapstation-enrol-"));
  readonly pipe = path.join(this.dir, "card");
  readonly file = path.join(this.dir, "cards.csv");
  readonly env = { TAPSTATION_DATA: path.join(this.dir, "data") };
  readonly args = ["tap", "--reader", `fifo:${this.pipe}`, "--enrol", this.file];

  async session(...more: readonly string[]): Promise<Bin> {
    const bin = new Bin([...this.args, ...more], { env: this.env });
    stop.push(() => bin.process.kill("SIGKILL"));
    await bin.until(() => bin.stderr.includes("Hold a card to the reader"));
    return bin;
  }

  tap(uid: string): void {
    writeFileSync(this.pipe, `${uid}\n`);
  }

  /** The cards in the file, without their times. */
  get cards(): string[] {
    const [head, ...rows] = readFileSync(this.file, "utf8").trimEnd().split("\n");
    expect(head).toBe(HEAD);
    return rows.map((row) => row.replace(/,[^,]*$/, ""));
  }

  typed(uids: readonly string[], answers: string, ...more: readonly string[]) {
    return run(["tap", ...uids, "--enrol", this.file, ...more], { env: this.env, input: answers });
  }
}

describe("tapstation tap --enrol", () => {
  it("says that nothing was enrolled where the file cannot be made", async () => {
    const desk = new Desk();
    const { code, stderr } = await run(["tap", "04AABBCC", "--enrol", path.join(desk.dir, "no/cards.csv")], {
      env: desk.env,
      input: "\n",
    });
    expect(stderr).toContain("cannot be written");
    expect(stderr).toContain("Nothing was enrolled.");
    expect(code).not.toBe(0);
  });

  it("names the cards that were tapped and not dealt with when it is ended", async () => {
    const desk = new Desk();
    const bin = await desk.session();
    for (const uid of ["04A2241BC85E80", "04AABBCC", "04AABBCD"]) desk.tap(uid);
    // The first waits for its line, and the others behind it; a fourth that cannot be read shows that all have come.
    desk.tap("no card");
    await bin.until(() => bin.stderr.includes("not read:"));
    bin.process.kill("SIGINT");
    expect((await bin.ended).stderr).toContain("Tapped, and not dealt with any more: 04AABBCC, 04AABBCD");
  });

  it("takes a line of standard input for each card tapped, and goes on after an interruption", async () => {
    const desk = new Desk();
    const first = await desk.session();
    first.process.stdin.write("NL-TNM-B12345-6, Blue card\n");
    desk.tap("04A2241BC85E80");
    await first.until(() => first.stdout.includes("line 2  04A2241BC85E80  NL-TNM-B12345-6  Blue card"));
    first.process.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
    const second = await desk.session();
    expect(second.stderr).toContain("has 1 card already; going on.");
    desk.tap("04A2241BC85E80");
    await second.until(() => second.stderr.includes("is enrolled already, in line 2: skipped."));
    desk.tap("08AABBCC");
    await second.until(() => second.stderr.includes("08AABBCC is not enrolled (--force takes it)"));
    second.process.stdin.write(";Red, round\n");
    desk.tap("04AABBCC");
    await second.until(() => second.stdout.includes("line 3"));
    second.process.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
    expect(desk.cards).toEqual([
      "04A2241BC85E80,NL-TNM-B12345-6,Blue card,04A2241BC85E80,",
      '04AABBCC,,"Red, round",04AABBCC,',
    ]);
  });

  it("what was told as enrolled survives kill -9 at any instant", async () => {
    const desk = new Desk();
    for (let round = 0; round < 3; round++) {
      const bin = await desk.session();
      const before = existsSync(desk.file) ? desk.cards.length : 0;
      bin.process.stdin.write(",a\n,b\n,c\n,d\n");
      for (let i = 0; i < 4; i++) {
        desk.tap(`04A1B2${round}${i}`);
        await bin.until(() => bin.stdout.split("\n").length > i + (i === 3 ? 0 : 1));
      }
      bin.process.kill("SIGKILL");
      const told = (await bin.ended).stdout.split("\n").filter((line) => line.startsWith("line ")).length;
      expect(told).toBeGreaterThanOrEqual(3);
      expect(desk.cards.length - before).toBeGreaterThanOrEqual(told);
    }
  });

  it("never touches a line that stands there, not even one that was broken off", async () => {
    const desk = new Desk();
    await desk.typed(["04A1B2C3"], ",One\n");
    appendFileSync(desk.file, "04A1B2C4,,Tw");
    await desk.typed(["04A1B2C5"], ",Three\n");
    const [, one, two, three] = readFileSync(desk.file, "utf8").split("\n");
    expect([one?.slice(0, 13), two, three?.slice(0, 15)]).toEqual([
      "04A1B2C3,,One",
      "04A1B2C4,,Tw",
      "04A1B2C5,,Three",
    ]);
  });

  it.each([
    ["DEMO-1", "does not look like a visible ID such as NL-TNM-B12345-6"],
    ["04A1B2C3", "is the card's UID"],
    ["c3b2a104", "is the card's UID"],
    ["nl tnm b12345 6", "stands in line 2 already"],
  ])(
    "the visible ID %j is refused, the exit code tells, and the card can be tapped again",
    async (visibleId, why) => {
      const desk = new Desk();
      await desk.typed(["04A2241BC85E80"], "NL-TNM-B12345-6\n");
      const { code, stderr, stdout } = await desk.typed(["04A1B2C3"], `${visibleId}\n`);
      expect(stderr).toContain(why);
      expect([code, stdout]).toEqual([2, ""]);
      expect(desk.cards).toHaveLength(1);
      expect((await desk.typed(["04A1B2C3"], ",Late\n")).code).toBe(0);
      expect(desk.cards[1]).toBe("04A1B2C3,,Late,04A1B2C3,");
    },
  );

  it("--force takes any; --json tells each card; cards import takes the file", async () => {
    const desk = new Desk();
    const { stdout } = await desk.typed(
      ["047DAFBA7F8231"],
      "DEMO-1,=1+1\n",
      "--force",
      "--json",
      "--model",
      "keba-like",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      line: 2,
      hiddenId: "047dafba7f823100",
      visibleId: "DEMO-1",
      nickname: "=1+1",
    });
    const imported = await run(["cards", "import", desk.file, "--user", "Ann Smith", "--apply", "--json"], {
      env: desk.env,
    });
    expect(JSON.parse(imported.stdout)).toMatchObject({
      card: { hiddenId: "047DAFBA7F823100", visibleId: "DEMO-1", nickname: "=1+1" },
    });
  });

  it("input that ends too early, and a file that is another one, are told", async () => {
    const desk = new Desk();
    const short = await desk.typed(["04A1B2C3", "04A1B2C4"], ",One\n");
    expect(short.stderr).toContain("Standard input ended before it said anything of 04A1B2C4");
    expect([short.code, desk.cards.length]).toEqual([2, 1]);
    writeFileSync(desk.file, "name,number\nx,1\n");
    const other = await desk.typed(["04A1B2C3"], ",One\n");
    expect(other.stderr).toContain(`first line is ${HEAD}`);
    expect(other.code).toBe(2);
    expect(readFileSync(desk.file, "utf8")).toBe("name,number\nx,1\n");
    expect((await desk.typed(["04A1B2C3"], "", "--copy")).stderr).toContain(
      "--enrol and --copy are both given",
    );
  });
});

const why = missingCommand("script", "sudo apt-get install bsdutils");

it.skipIf(why !== undefined)(
  `prompts on a terminal${why === undefined ? "" : ` (skipped: ${why})`}`,
  async () => {
    const desk = new Desk();
    const command = `stty cols 80 rows 24; "${process.execPath}" "${main}" ${desk.args.join(" ")}; echo code=$?; stty -a`;
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      env: { PATH: process.env.PATH, HOME: desk.dir, TERM: "xterm", SHELL: "/bin/sh", ...desk.env },
    });
    stop.push(() => child.kill("SIGKILL"));
    let text = "";
    let wake = (): void => {};
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk;
      wake();
    });
    // The bell is the buzzer of a terminal: the signal "read" comes before the prompt.
    const BELL = "\u0007";
    const until = async (part: RegExp | string): Promise<void> => {
      const at = (): number => (typeof part === "string" ? text.indexOf(part) : text.search(part));
      while (at() < 0) await new Promise<void>((resolve) => (wake = resolve));
      text = text.slice(at());
    };
    await until(/Hold a card/);
    desk.tap("04A2241BC85E80");
    await until(BELL);
    await until(/04A2241BC85E80: visible ID/);
    child.stdin.write("xx\r");
    await until(/does not look like/);
    child.stdin.write("\x7f\x7fNL-TNM-B12345-6\r");
    await until(/Nickname/);
    child.stdin.write("Blue\r");
    await until(/line 2 {2}04A2241BC85E80 {2}NL-TNM-B12345-6 {2}Blue/);
    desk.tap("04A1B2C4");
    await until(/04A1B2C4: visible ID/);
    // Another operator's numbering: the same again is meant.
    child.stdin.write("CARD-1\r");
    await until(/does not look like[\s\S]*once more/);
    child.stdin.write("\r");
    await until(/Nickname/);
    child.stdin.write("\r");
    await until(/line 3 {2}04A1B2C4 {2}CARD-1/);
    desk.tap("04A1B2C3");
    await until(/04A1B2C3: visible ID/);
    child.stdin.write("\x03");
    await until(/code=130[\s\S]*[^-]icanon/);
    expect(text).toMatch(/[^-]echo /);
    expect(desk.cards).toEqual([
      "04A2241BC85E80,NL-TNM-B12345-6,Blue,04A2241BC85E80,",
      "04A1B2C4,CARD-1,,04A1B2C4,",
    ]);
  },
);
