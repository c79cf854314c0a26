import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { definitionKinds, devicesDirectory } from "../../src/drivers/definitions.ts";
import { formatJson } from "../../src/tools/format-json.ts";
import { generate, generatedFiles } from "../../src/tools/generated-files.ts";

describe("the generated files", () => {
  it("are up to date (npm run generate)", async () => {
    expect(await generate(generatedFiles, { check: true })).toEqual({
      outdated: [],
      message: "All generated files are up to date",
      exitCode: 0,
    });
  });

  it.each(Object.entries(definitionKinds))("let an editor check %s", (kind, { file }) => {
    const schema = JSON.parse(readFileSync(join(devicesDirectory, file), "utf8")) as object;
    const validate = new Ajv({ strict: false }).compile(schema);
    for (const name of readdirSync(join(devicesDirectory, kind))) {
      const definition = parse(readFileSync(join(devicesDirectory, kind, name), "utf8")) as object;
      expect(validate(definition), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
      expect(validate({ ...definition, surprise: 1 })).toBe(false);
    }
  });
});

describe("generating", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "tapstation-generate-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("names what is out of date when it only checks, and writes it otherwise", async () => {
    const path = join(dir, "a.json");
    const files = [{ path, text: () => "new\n" }];
    writeFileSync(path, "old\n");
    const checked = await generate(files, { check: true });
    expect(checked.exitCode).toBe(1);
    expect(checked.message).toMatch(/a\.json\nRun: npm run generate$/);
    expect(readFileSync(path, "utf8")).toBe("old\n");
    expect((await generate(files, { check: false })).message).toMatch(/^Wrote .*a\.json$/);
    expect(readFileSync(path, "utf8")).toBe("new\n");
    expect((await generate(files, { check: true })).exitCode).toBe(0);
  });

  it("takes a file that is not there for out of date", async () => {
    const result = await generate([{ path: join(dir, "none.json"), text: () => "x" }], { check: true });
    expect(result.exitCode).toBe(1);
  });

  it("lays JSON out without changing it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(formatJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(formatJson({ a: [1, "b"], c: {}, d: [{ e: null }] })).toBe(
      '{\n  "a": [1, "b"],\n  "c": {},\n  "d": [\n    {\n      "e": null\n    }\n  ]\n}\n',
    );
  });
});
