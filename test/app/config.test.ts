import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type Config, type ConfigSources, resolveConfig } from "../../src/app/config.ts";
import { checkDevices } from "../../src/app/config-devices.ts";
import { settingNames, settingOf } from "../../src/app/config-settings.ts";
import { AppError } from "../../src/util/errors.ts";

const dir = mkdtempSync(path.join(tmpdir(), "tapstation-config-"));

function yaml(text: string): string {
  const file = path.join(dir, "station.yaml");
  writeFileSync(file, text);
  return file;
}

async function failure(sources: ConfigSources): Promise<AppError> {
  const error = await resolveConfig(sources).then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof AppError)) throw new Error(`an AppError was expected, got ${String(error)}`);
  return error;
}

describe("the table of settings", () => {
  it("has unique flags and environment variables with the house's prefix", () => {
    const rows = settingNames.map(settingOf);
    expect(new Set(rows.map((r) => r.flag)).size).toBe(rows.length);
    expect(new Set(rows.map((r) => r.env)).size).toBe(rows.length);
    for (const row of rows) expect(row.env).toMatch(/^TAPSTATION(_[A-Z]+)+$/);
  });

  it("types what has a default as always there", () => {
    expectTypeOf<Config["id"]>().toEqualTypeOf<string>();
    expectTypeOf<Config["csms"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Config["json"]>().toEqualTypeOf<boolean>();
  });
});

describe("merging", () => {
  it("starts from defaults", async () => {
    const { config, origins } = await resolveConfig({ env: { XDG_STATE_HOME: "/s" }, cwd: dir });
    expect(config).toMatchObject({
      id: "CP001",
      ocpp: ["1.6", "2.0.1"],
      data: "/s/tapstation",
      json: false,
      port: 0,
    });
    expect(config.csms).toBeUndefined();
    expect(origins.id).toEqual({ from: "default" });
  });

  it("lets flags beat the environment, the environment the file, the file the defaults; each knows its origin", async () => {
    const config = yaml("# station\nid: FILE\nport: 9001\nmodel: generic-dc\n");
    const merged = await resolveConfig({
      flags: { config, id: "FLAG" },
      env: { TAPSTATION_ID: "ENV", TAPSTATION_PORT: "9002" },
      cwd: dir,
    });
    expect(merged.config).toMatchObject({ id: "FLAG", port: 9002, model: "generic-dc" });
    const texts = Object.fromEntries(merged.shown().map((s) => [s.name, s.originText]));
    expect(texts).toMatchObject({
      id: "flag --id",
      port: "environment TAPSTATION_PORT",
      model: `${config}:4:8`,
      json: "default",
    });
  });

  it("takes the file from the environment too, and nothing from the working directory unasked", async () => {
    const config = yaml("id: FILE\n");
    expect((await resolveConfig({ cwd: dir })).config.id).toBe("CP001");
    expect((await resolveConfig({ cwd: dir, env: { TAPSTATION_CONFIG: config } })).config.id).toBe("FILE");
  });

  it("keeps text as it is written, lists as lists, and paths relative to the file", async () => {
    const config = yaml(
      "id: 0042\nreader:\n  - virtual\n  - fifo:/tmp/cards\ndata: here\nocpp: 2.0.1\njson: true\n",
    );
    const merged = await resolveConfig({ flags: { config }, cwd: "/elsewhere" });
    expect(merged.config).toMatchObject({
      id: "0042",
      readers: ["virtual", "fifo:/tmp/cards"],
      data: path.join(dir, "here"),
      ocpp: ["2.0.1"],
      json: true,
    });
  });

  it("splits lists in the environment at commas", async () => {
    const { config } = await resolveConfig({ env: { TAPSTATION_READER: "virtual, fifo:/tmp/x" }, cwd: dir });
    expect(config.readers).toEqual(["virtual", "fifo:/tmp/x"]);
  });

  it("takes an empty file and empty variables as nothing said", async () => {
    const { origins } = await resolveConfig({
      flags: { config: yaml("") },
      env: { TAPSTATION_ID: "" },
      cwd: dir,
    });
    expect(new Set(Object.values(origins).map((o) => o.from))).toEqual(new Set(["default"]));
  });
});

describe("what is wrong in the file", () => {
  it.each([
    ["id: A\nredaer: virtual\n", ":2:1", 'unknown setting "redaer"', 'Did you mean "reader"?'],
    ["port: many\n", ":1:7", '"many" is not a whole number', "port"],
    ["port: [1, 2]\n", ":1:7", "one value is expected", "port"],
    ["csms: http://host/\n", ":1:7", "is not a WebSocket URL", "Did you mean ws://host/?"],
    ["ocpp: [1.6, 2.0]\n", ":1:7", '"2.0" is none of', "2.0.1"],
    ["json: yes\n", ":1:7", "neither true nor false", "true or false"],
    ["id: {a: 1}\n", ":1:1", '"id" has no value', "Write"],
    ["id:\n", ":1:4", '"id" has no value', "Write"],
    ["id: A\nid: B\n", ":2:1", "not valid YAML", "Correct"],
    ["- a\n", ":1:1", "a list of settings is expected", "id: CP001"],
    ["id: 'a\n", ":", "not valid YAML", "Correct"],
    ["? [a]\n: b\n", ":1:3", "this key is not a text", "Settings are"],
    ["id: a/b\n", ":1:5", "cannot be the identity", "letters"],
  ])("%j is refused at its place", async (text, place, message, hint) => {
    const config = yaml(text);
    const error = await failure({ flags: { config }, cwd: dir });
    expect(error.code).toBe("config.invalid");
    expect(error.message).toContain(config + place);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  it("says which file cannot be read", async () => {
    const error = await failure({ flags: { config: "none.yaml" }, cwd: dir });
    expect(error.message).toContain(path.join(dir, "none.yaml"));
  });

  it("refuses a file that is too large, and aliases that multiply", async () => {
    expect((await failure({ flags: { config: yaml("#".repeat(1_000_001)) }, cwd: dir })).message).toContain(
      "bytes",
    );
    const bomb = "id: &a [x]\nreader: [*a, *a]\n";
    expect((await failure({ flags: { config: yaml(bomb) }, cwd: dir })).code).toBe("config.invalid");
  });

  it("never fails otherwise, whatever the file holds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.constantFrom("id: ", "reader: [", "csms: ws://").chain((a) => fc.string().map((b) => a + b)),
        ),
        async (text) => {
          const outcome = await resolveConfig({ flags: { config: yaml(text) }, cwd: dir }).catch(
            (e: unknown) => e,
          );
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AppError);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("what is wrong elsewhere", () => {
  it.each([
    [{ flags: { port: "70000" } }, "usage", "flag --port"],
    [{ env: { TAPSTATION_PORT: "x" } }, "config.invalid", "environment TAPSTATION_PORT"],
    [{ flags: { csms: "localhost:9000/x" } }, "usage", "flag --csms"],
    [{ flags: { csms: "ws://" } }, "usage", "flag --csms"],
    [{ flags: { csms: "ws://host/#x" } }, "usage", "flag --csms"],
    [{ flags: { id: "a\u0007" } }, "usage", "flag --id"],
    [{ flags: { control: "file" } }, "usage", "flag --control"],
  ] as const)("%j is %s at %s", async (sources, code, place) => {
    const error = await failure({ ...sources, cwd: dir });
    expect(error.code).toBe(code);
    expect(error.message).toContain(place);
  });

  it("names of devices are checked against the drivers, with their origin", async () => {
    const settings = await resolveConfig({ flags: { reader: ["virtual", "seral:/dev/ttyUSB0"] }, cwd: dir });
    await expect(checkDevices(settings)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(/flag --reader: .*seral/),
      hint: expect.stringContaining("serial"),
    });
    await expect(
      checkDevices(await resolveConfig({ flags: { buzzer: "bell" }, cwd: dir })),
    ).resolves.toBeUndefined();
  });
});

describe("secrets", () => {
  it("are masked where settings are shown", async () => {
    const flags = { csms: "wss://CP:s3cret@host/x?apiKey=s3cret&a=b", password: "s3cret" };
    const { shown, config } = await resolveConfig({ flags, cwd: dir });
    expect(JSON.stringify(shown())).not.toContain("s3cret");
    expect(config.password).toBe("s3cret");
  });

  it("are masked in errors", async () => {
    expect((await failure({ flags: { csms: "http://u:s3cret@host" }, cwd: dir })).hint).not.toContain(
      "s3cret",
    );
    expect((await failure({ flags: { csms: "ftp://u:s3cret@host" }, cwd: dir })).message).not.toContain(
      "s3cret",
    );
  });

  it("refuses a name in the environment that means nothing", async () => {
    await expect(resolveConfig({ env: { TAPSTATION_REDAER: "virtual" } })).rejects.toMatchObject({
      code: "config.invalid",
      message: expect.stringContaining("TAPSTATION_REDAER"),
      hint: "Did you mean TAPSTATION_READER?",
    });
  });
});
