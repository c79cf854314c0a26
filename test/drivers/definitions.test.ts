import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readerSchema } from "../../src/drivers/definitions/reader-schema.ts";
import { readDefinition } from "../../src/drivers/definitions/validate.ts";
import {
  definitionKinds,
  definitionOf,
  devicesDirectory,
  loadDefinitions,
  pcscDefinitionOf,
} from "../../src/drivers/definitions.ts";
import { CardUid, type IdTokenForm, idTokenOf } from "../../src/station/card.ts";
import { AppError, isAppError } from "../../src/util/errors.ts";

const shipped = await loadDefinitions();

describe("the shipped definitions", () => {
  it("cover the readers, buzzers and stations that are promised", () => {
    expect([...shipped.readers.keys()]).toEqual(
      expect.arrayContaining([
        "acr122u",
        "acr1252u",
        "rdm6300",
        "id-12la",
        "twn4-line",
        "arduino-rc522",
        "generic-line",
      ]),
    );
    expect([...shipped.buzzers.keys()]).toEqual(
      expect.arrayContaining(["acr122u", "acr-e0", "arduino-tone", "wav", "bell"]),
    );
    expect([...shipped.stations.keys()]).toEqual(
      expect.arrayContaining(["generic-ac", "generic-dc", "keba-like"]),
    );
  });

  it.each(Object.entries(definitionKinds))(
    "%s carry their schema and are named by their id",
    (kind, { file }) => {
      for (const name of readdirSync(join(devicesDirectory, kind))) {
        const text = readFileSync(join(devicesDirectory, kind, name), "utf8");
        expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=../${file}`);
        expect(text).toContain(`\nid: ${name.replace(".yaml", "")}\n`);
      }
    },
  );

  it("name only buzzers that there are", () => {
    for (const reader of shipped.readers.values()) {
      if (reader.buzzer !== undefined) expect(shipped.buzzers.get(reader.buzzer)?.driver).toBe("reader");
    }
  });

  it.each([
    ["ACS ACR122U PICC Interface 00 00", "acr122u"],
    ["ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00", "acr1252u"],
    ["Some Other Reader", undefined],
  ])("know the PC/SC reader %s as %s", (name, id) => {
    expect(pcscDefinitionOf(shipped, name)?.id).toBe(id);
  });

  it.each([
    ["generic-ac", "047DAFBA7F8231", "047DAFBA7F8231"],
    ["keba-like", "047DAFBA7F8231", "047dafba7f823100"],
    ["first-bytes-decimal", "04A1B2C3", "3283263748"],
  ])("%s spells %s as %s", (id, uid, idToken) => {
    const form: IdTokenForm = definitionOf(shipped, "stations", id).idToken ?? {};
    expect(idTokenOf(CardUid.parse(uid), form).idToken).toBe(idToken);
  });
});

describe("a definition that does not fit", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "tapstation-definitions-"));
    for (const kind of Object.keys(definitionKinds)) mkdirSync(join(dir, kind));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const good = readFileSync(join(devicesDirectory, "readers", "rdm6300.yaml"), "utf8");

  async function failure(text: string, path = "readers/mine.yaml"): Promise<AppError> {
    writeFileSync(join(dir, path), text);
    const e = await loadDefinitions([dir]).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(e).toBeInstanceOf(AppError);
    expect((e as AppError).code).toBe("definition.invalid");
    return e as AppError;
  }

  const mine = good.replace("id: rdm6300", "id: mine");
  const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

  const wrong: readonly [string, string, string, string | RegExp, string][] = [
    [
      "an unknown key",
      mine.replace("frame:", "fram:"),
      "fram:",
      'unknown key "fram"',
      'Did you mean "frame"?',
    ],
    ["an unknown inner key", mine.replace("  start:", "  strat:"), "strat:", '"strat" in "frame"', "start"],
    ["a wrong choice", mine.replace("text: hex", "text: hexx"), "text:", '"uid.text" is "hexx"', '"hex"'],
    [
      "a wrong type",
      mine.replace("9600", "fast"),
      "baudRate:",
      /"line.baudRate" is "fast"; it must be a whole number/,
      "",
    ],
    ["too small a number", mine.replace("gapMs: 300", "gapMs: 3"), "gapMs: 3", /must be >= 50/, "silence"],
    ["a missing key", mine.replace("  gapMs: 300\n", ""), "presence:", 'needs the key "gapMs"', "silence"],
    ["a bad item", mine.replace("[5]", "[5, 50]"), "[5, 50]", '"uid.bytes.1" is 50', ""],
    [
      "an unknown driver",
      mine.replace("driver: serial", "driver: seriel"),
      "driver:",
      '"seriel"',
      '"serial"',
    ],
    ["a bad id", mine.replace("id: mine", "id: My Reader"), "id: My", '"My Reader"', "lower case"],
  ];
  it.each(wrong)("says file, line and what to write: %s", async (_what, text, at, message, hint) => {
    const e = await failure(text);
    expect(e.message).toMatch(message);
    const [, line] = /mine\.yaml:(\d+):\d+: /.exec(e.message) ?? [];
    expect(Number(line)).toBe(lineOf(text, at));
    expect(e.hint).toContain(hint);
  });

  it.each([
    ["broken YAML", "id: [1, 2\nname: x"],
    ["a key twice", "id: a\nid: b\n"],
    ["nothing", ""],
    ["a list", "- a\n- b\n"],
    ["a text", "just text"],
    ["no driver", "id: mine\nname: Mine\n"],
    ["a key that is every object's", `${mine}__proto__: {}\nconstructor: 1\n`],
    [
      "multiplying aliases",
      `a: &a [1,2,3,4,5,6,7,8]\nb: &b [${"*a,".repeat(30)}]\nc: [${"*b,".repeat(30)}]\n`,
    ],
    ["a binary file", "\x00\x01\x02"],
  ])("is refused, whatever it is: %s", async (_what, text) => {
    expect((await failure(text)).message).toMatch(/mine\.yaml:\d+:\d+: \S/);
  });

  it("tells the first problems and how many more there are", async () => {
    const e = await failure(mine + Array.from({ length: 9 }, (_, i) => `extra${i}: 1\n`).join(""));
    expect(e.message.split("\n")).toHaveLength(6);
    expect(e.message).toContain("and 4 more");
  });

  it("is refused when it is too large to be one", async () => {
    expect((await failure(`# ${"x".repeat(70_000)}\n${mine}`)).message).toContain("65536 are allowed");
  });

  it("is refused when its id is taken, with both places", async () => {
    const e = await failure(good);
    expect(e.message).toMatch(/mine\.yaml:2:1: the reader id "rdm6300" is already taken by .*rdm6300\.yaml/);
  });

  it("in a station: names of settings and lengths of OCPP 1.6 are checked", async () => {
    const station = readFileSync(join(devicesDirectory, "stations", "generic-dc.yaml"), "utf8").replace(
      "id: generic-dc",
      "id: mine",
    );
    const name = await failure(
      station.replace("TxCtrlr.EVConnectionTimeOut", "ConnectionTimeOut"),
      "stations/mine.yaml",
    );
    expect(name.message).toContain('"ConnectionTimeOut" cannot be a key');
    expect(name.hint).toContain("AuthCtrlr.LocalPreAuthorize");
    const vendor = await failure(
      station.replace("vendorName: tapstation", "vendorName: A name of more than twenty"),
      "stations/mine.yaml",
    );
    expect(vendor.message).toContain("must NOT have more than 20 characters");
  });

  it("is taken when it fits, beside the shipped ones", async () => {
    writeFileSync(join(dir, "readers", "mine.yml"), mine);
    writeFileSync(join(dir, "readers", "notes.txt"), "not a definition");
    const definitions = await loadDefinitions([dir]);
    expect(definitions.readers.get("mine")?.name).toBe("RDM6300 (125 kHz)");
    expect(definitions.readers.size).toBe(shipped.readers.size + 1);
  });

  it("folders of definitions may lack a kind but not be missing", async () => {
    rmSync(join(dir, "buzzers"), { recursive: true });
    await expect(loadDefinitions([dir])).resolves.toBeDefined();
    await expect(loadDefinitions([join(dir, "none")])).rejects.toMatchObject({ code: "definition.invalid" });
    writeFileSync(join(dir, "file"), "");
    await expect(loadDefinitions([join(dir, "file")])).rejects.toMatchObject({ code: "definition.invalid" });
  });

  it("never fails otherwise than as invalid, whatever the text", () => {
    const bits = fc.constantFrom(
      "id: a",
      "driver: serial",
      "frame: {}",
      "uid: [",
      "- x",
      "&a",
      "*a",
      "? :",
      "!!binary",
      "\t",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(bits, fc.string()), { maxLength: 8 }), (lines) => {
        try {
          readDefinition(lines.join("\n"), "x.yaml", readerSchema);
        } catch (e) {
          if (!isAppError(e, "definition.invalid")) throw e;
        }
      }),
    );
  });
});

describe("an id that there is not", () => {
  it("is told with the nearest and all of them", () => {
    expect(() => definitionOf(shipped, "stations", "generic")).toThrow(
      expect.objectContaining({ code: "usage", message: 'There is no station model definition "generic"' }),
    );
    expect(() => definitionOf(shipped, "readers", "acr112u")).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Did you mean "acr122u"? Known: ') }),
    );
  });
});
