import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadOwnDefinitions } from "../../../src/app/own-definitions.ts";
import { Bin } from "../../support/bin.ts";
import { Pty, socatMissing } from "../../support/pty.ts";

const missing = socatMissing();
const [FIRST, SECOND] = ["04A2241B", "6B3D12D6"];
const reversed = (hex: string): string => (hex.match(/../g) ?? []).reverse().join("");
const xor = (hex: string): string =>
  [...Buffer.from(hex, "hex")]
    .reduce((a, b) => a ^ b, 0)
    .toString(16)
    .padStart(2, "0");

describe.skipIf(missing !== undefined)(
  `tapstation readers learn${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let pty: Pty;
    let data: string;
    beforeEach(async () => {
      pty = await Pty.plugged();
      data = mkdtempSync(join(tmpdir(), "tapstation-learn-"));
    });
    afterEach(async () => {
      await pty.dispose();
      rmSync(data, { recursive: true });
    });

    const learn = (...flags: string[]): Bin =>
      new Bin(["readers", "learn", pty.path, "--data", data, ...flags]);

    /** Holds a card to the reader each time when the program asks for it; `say`: what the reader sends then. */
    async function present(bin: Bin, uid: string, say: (uid: string) => string, nth = 1): Promise<void> {
      await bin.until(({ stderr }) => stderr.split(`Hold ${uid}`).length > nth);
      await pty.send(say(uid));
    }

    it.each([
      ["last byte first between marks", (uid: string) => `;${reversed(uid)}?`, { end: "?" }],
      ["with a checksum", (uid: string) => `\x02${uid}${xor(uid)}\x03`, { end: "\x03" }],
      ["ten digits in a sentence", (uid: string) => `Card ${Number(`0x${uid}`)} seen\r\n`, { end: "\n" }],
    ])("writes a definition that the station uses: %s", async (_, say, frame) => {
      const bin = learn("--uid", FIRST, "--uid", SECOND, "--as", "door-reader", "--baud", "9600");
      await present(bin, FIRST, say);
      await present(bin, SECOND, say);
      const { code, stdout, stderr } = await bin.ended;
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const file = join(data, "devices", "readers", "door-reader.yaml");
      expect(stdout).toBe(readFileSync(file, "utf8"));
      expect((await loadOwnDefinitions(data)).readers.get("door-reader")).toMatchObject({
        driver: "serial",
        frame,
      });

      const station = new Bin([
        "start",
        ...["--data", data, "--json", "--reader", `serial:${pty.path}?definition=door-reader`],
      ]);
      await station.until((b) => b.stdout.includes(`"reader":"${pty.path}","state":"ready"`));
      await pty.send(say("0102A3F4"));
      await station.until((b) => b.stdout.includes('"uid":"0102A3F4","event":"presented"'));
      station.process.kill("SIGTERM");
      await station.ended;
    });

    it("finds the speed: what comes at another one is no UID", async () => {
      const bin = learn("--uid", FIRST, "--uid", SECOND);
      const say = (uid: string): string => {
        const speed = execFileSync("stty", ["-F", pty.path, "speed"]).toString().trim();
        return speed === "115200" ? `${uid}\r\n` : "\x00\xfe\x80\xc0";
      };
      await present(bin, FIRST, say);
      await present(bin, FIRST, say, 2);
      await present(bin, SECOND, say);
      const { code, stderr } = await bin.ended;
      expect(code).toBe(0);
      expect(stderr).toContain("What came at 9600 baud has not 04A2241B in it; trying 115200.");
      expect((await loadOwnDefinitions(data)).readers.get("my-reader")).toMatchObject({
        line: { baudRate: 115200 },
      });
    });

    it("asks for the UIDs, and for another card as long as the order is not proven", async () => {
      const bin = learn("--baud", "9600");
      const say = (uid: string): string => `${reversed(uid)}\n`;
      const type = async (n: number, uid: string): Promise<void> => {
        await bin.until(({ stderr }) => stderr.includes(`UID of card ${n}`));
        bin.process.stdin.write(`${uid}\n`);
      };
      await type(1, "nonsense");
      await bin.until(({ stderr }) => stderr.includes('"nonsense" is not a UID'));
      bin.process.stdin.write("11222211\n");
      await present(bin, "11222211", say);
      await type(2, "33444433");
      await present(bin, "33444433", say);
      await type(3, FIRST);
      await present(bin, FIRST, say);
      expect((await bin.ended).code).toBe(0);
      expect((await loadOwnDefinitions(data)).readers.get("my-reader")).toMatchObject({
        uid: { order: "reverse" },
      });
    });

    it("never guesses: what is not proven is told, and nothing is written", async () => {
      const bin = learn("--uid", "11222211", "--uid", "33444433", "--baud", "9600");
      await present(bin, "11222211", (uid) => `${uid}\n`);
      await present(bin, "33444433", (uid) => `${uid}\n`);
      const { code, stderr } = await bin.ended;
      expect(code).toBe(2);
      expect(stderr).toContain("hex or hex, last byte first");
      expect(existsSync(join(data, "devices"))).toBe(false);
    });

    it("says what came when the UID is not in it", async () => {
      const bin = learn("--uid", FIRST, "--uid", SECOND, "--baud", "9600");
      await present(bin, FIRST, () => "RFID 7\r\n");
      const { code, stderr } = await bin.ended;
      expect(code).toBe(2);
      expect(stderr).toContain('at 9600 baud "RFID 7\\x0d\\x0a"');
    });

    it.each([
      ["rdm6300", "of the package"],
      ["my-own", "of one's own"],
    ])("refuses the id %s %s before any card is asked for", async (id) => {
      mkdirSync(join(data, "devices", "readers"), { recursive: true });
      const shipped = new URL("../../../devices/readers/rdm6300.yaml", import.meta.url);
      const own = readFileSync(shipped, "utf8").replace("id: rdm6300", "id: my-own");
      writeFileSync(join(data, "devices", "readers", "my-own.yaml"), own);
      const { code, stderr } = await learn("--uid", FIRST, "--as", id).ended;
      expect(code).toBe(2);
      expect(stderr).toContain(`There is a reader definition "${id}" already`);
    });

    it("ends with 3 when the port cannot be opened", async () => {
      await pty.unplug();
      const { code, stderr } = await learn("--uid", FIRST).ended;
      expect(code).toBe(3);
      expect(stderr).toContain("it is not there");
    });
  },
);
