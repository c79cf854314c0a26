import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { updateScenarios } from "../../src/app/scenario-update.ts";
import { noColors } from "../../src/report/failure-lines.ts";
import { openReporters } from "../../src/report/registry.ts";
import { Secrets } from "../../src/scenario/secrets.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { folderOf, run, told } from "./support.ts";

/** A text of YAML as it is told of a scenario that says it. */
function shown(text: string): string {
  const secrets = new Secrets();
  secrets.learn(parse(text));
  return secrets.yaml(text);
}

/** Everything that reporters make of a run. */
async function reportsOf(events: readonly RunEvent[]): Promise<string[]> {
  const cwd = folderOf({});
  let stdout = "";
  const reporters = await openReporters(["terminal", "junit:r.xml", "jsonl:r.jsonl", "html:r.html"], {
    stdout: { write: (text) => (stdout += text) },
    colors: noColors,
    env: {},
    cwd,
    onFault: ({ error }) => {
      throw error;
    },
  });
  for (const event of events) reporters.on(event);
  await reporters.close();
  const [html = "", ...others] = ["r.html", "r.xml", "r.jsonl"].map((f) =>
    readFileSync(join(cwd, f), "utf8"),
  );
  const parts = [...html.matchAll(/id="part-\d+">(.*?)<\/script>/g)].map(([, packed = ""]) =>
    inflateRawSync(Buffer.from(packed, "base64")).toString("utf8"),
  );
  expect(parts.length).toBeGreaterThan(0);
  return [stdout, html, ...parts, ...others];
}

describe("a secret in a scenario's text", () => {
  it.each([
    [
      "station: { password: sixteen letters and more, begins: powered }",
      "station: { password: ***, begins: powered }",
    ],
    ['central: { password: "a, b" } # note', "central: { password: *** } # note"],
    ["station:\n  password: one,two#three\n  id: X", "station:\n  password: ***\n  id: X"],
    ["password: >-\n  one\n  two\nid: X", "password: ***\n\n\nid: X"],
    ['password: "a\\u0062c\\"d"\nagain: abc"d', "password: ***\nagain: ***"],
    ["- set: { AuthorizationKey: 0011aabb }", "- set: { AuthorizationKey: *** }"],
    [
      "x: &x 0011aabb\nsettings: { SecurityCtrlr.BasicAuthPassword: *x }",
      "x: &x ***\nsettings: { SecurityCtrlr.BasicAuthPassword: *x }",
    ],
    ["payload: { key: AuthorizationKey, value: 0011aabb }", "payload: { key: AuthorizationKey, value: *** }"],
    ["payload: { value: 0011aabb, key: AuthorizationKey }", "payload: { value: ***, key: AuthorizationKey }"],
    [
      "variable: { name: BasicAuthPassword }\nattributeValue: another-long one\n",
      "variable: { name: BasicAuthPassword }\nattributeValue: ***\n",
    ],
    [
      "variable: { name: BasicAuthPassword }\nvariableAttribute: [{ value: another }]",
      "variable: { name: BasicAuthPassword }\nvariableAttribute: [{ value: *** }]",
    ],
    ["idToken: { idToken: 4711, type: KeyCode }", "idToken: { idToken: ***, type: KeyCode }"],
    [
      "list: [{ id: P1N4, type: KeyCode }, { id: P1N41 }]",
      "list: [{ id: ***, type: KeyCode }, { id: P1N41 }]",
    ],
    [
      "- shell: curl -u me:hunter22\n- set: { MyPassword: hunter22 }",
      "- shell: curl -u me:***\n- set: { MyPassword: *** }",
    ],
    ["csms: wss://me:hunter22@host/", "csms: wss://me:***@host/"],
    ["password: { not: hunter22 }", "password: { not: *** }"],
    ["password: <any>", "password: <any>"],
    ["capture: { pin: idToken.idToken }", "capture: { pin: idToken.idToken }"],
    ["name: A password is changed", "name: A password is changed"],
    ["value: 5", "value: 5"],
  ])("%j is told as %j", (text, masked) => {
    expect(shown(text)).toBe(masked);
  });

  it("is never told, however it is written, and lines stay where they are", () => {
    const texts = fc.string({ unit: "grapheme", minLength: 8, maxLength: 60 });
    const style = fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_FOLDED", "BLOCK_LITERAL");
    fc.assert(
      fc.property(texts, style, fc.constantFrom("password", "AuthorizationKey"), (secret, type, key) => {
        fc.pre(
          !secret.includes("***") &&
            !"AuthorizationKey|password".includes(secret) &&
            !/^<\w+>$|^\s*$|\$/.test(secret),
        );
        const text = stringify({ a: { [key]: secret, id: 1 } }, { defaultStringType: type as "PLAIN" });
        const masked = shown(text);
        expect(masked).not.toContain(secret);
        expect(parse(masked.replaceAll("***", '"***"'))).toEqual({ a: { [key]: "***", id: 1 } });
        expect(masked.split("\n").length).toBe(text.split("\n").length);
      }),
    );
  });
});

describe("what a scenario's author wrote", () => {
  it("reaches no report with its passwords and keys, whether it passes or fails", async () => {
    const secrets = ["sixteen letters and more", "00112233445566778899aabbccddeeff", "the other password"];
    const scenario = `name: Secrets
ocpp: ["1.6"]
station: { password: ${secrets[0]} }
steps:
  - csms:
      send: ChangeConfiguration
      payload: { key: AuthorizationKey, value: ${secrets[1]} }
      expect: { status: Accepted }
  - expect: { message: Authorize, within: 1 s }
---
name: Refused
ocpp: ["1.6"]
station: { password: ${secrets[0]}, begins: powered }
central: { password: ${secrets[2]} }
steps:
  - expect: { fact: link, with: { state: refused } }
`;
    const { events } = await run(scenario);
    const all = await reportsOf(events);
    for (const text of all) for (const secret of secrets) expect(text).not.toContain(secret);
    expect(all.join()).toContain("AuthorizationKey, value: ***");
  });

  const WORN = "SECRET-1-123456789";
  it.each([
    [
      "settings",
      `station:\n  settings: { AuthorizationKey: ${WORN} }\nsteps:\n  - set: { AuthorizationKey: ${WORN} }`,
    ],
    [
      "a variable",
      `vars: { worn: ${WORN} }\nstation: { password: $worn }\nsteps:\n  - send: { message: DataTransfer, payload: { vendorId: x, data: $worn } }`,
    ],
    ["a row of data", `data: [{ k: ${WORN} }, { k: ${WORN}x }]\nsteps:\n  - set: { AuthorizationKey: $k }`],
    ["a column of a CSV file", "data: rows.csv\nsteps:\n  - set: { AuthorizationKey: $k }"],
    [
      "an item",
      `steps:\n  - for-each:\n      as: x\n      in: [{ k: ${WORN} }]\n      steps:\n        - expect: { signal: rejected, within: 1 s }\n        - set: { AuthorizationKey: $x.k }`,
    ],
    [
      "a row of a table",
      "steps:\n  - for-each:\n      as: x\n      in: rows.csv\n      steps:\n        - expect: { signal: rejected, within: 1 s }\n        - set: { AuthorizationKey: $x.k }",
    ],
    [
      "what is given to a file",
      `vars: { worn: ${WORN} }\nsteps:\n  - include: { file: _set.yaml, vars: { k: $worn } }`,
    ],
    [
      "an expectation",
      `steps:\n  - expect: { message: ChangeConfiguration, with: { key: AuthorizationKey, value: ${WORN} }, within: 1 s }`,
    ],
    ["a text over lines", `station:\n  password: >-\n    SECRET-1-\n    123456789\nsteps:\n  - plug:`],
  ])("of %s, no secret reaches a report", async (_of, text) => {
    const files = { "rows.csv": `k\n${WORN}\n`, "_set.yaml": "- set: { AuthorizationKey: $k }\n" };
    const { events } = await run(
      `name: Worn\nocpp: "1.6"\n${text}\n  - expect: { signal: rejected, within: 1 s }\n`,
      { files },
    );
    const all = await reportsOf(events);
    expect(events.filter(({ kind }) => kind === "scenarioEnded").length).toBeGreaterThan(0);
    for (const one of all) expect(one).not.toMatch(/SECRET-1-|123456789/);
    expect(all.join()).toContain("***");
  });

  it("reaches no report with its PIN codes", async () => {
    const { events } = await run(
      `name: PIN
central: { mode: Open }
steps:
  - plug:
  - csms:
      send: RequestStartTransaction
      payload: { remoteStartId: 1, idToken: { idToken: "90210902", type: KeyCode } }
  - expect: { verdict: { oneOf: [accepted, rejected] } }
  - send: { message: Authorize, payload: { idToken: { idToken: "90210903", type: KeyCode } } }
  - expect: { signal: fault, within: 1 s }
`,
      { ocpp: ["2.0.1"] },
    );
    const facts = events.flatMap((event) => (event.kind === "fact" ? [event.fact.kind] : []));
    expect(facts).toEqual(expect.arrayContaining(["verdict", "transaction"]));
    for (const one of await reportsOf(events)) expect(one).not.toMatch(/9021090[23]/);
  });

  it("is told without its secrets when it is wrong", () => {
    const text = told(
      `name: Wrong\nsteps:\n  - set: { AuthorizationKey: ${WORN} }\n  - tap: { card: 04A2241BC85E80, for: ${WORN} }\n`,
    );
    expect(text).toContain("***");
    expect(text).not.toContain(WORN);
  });

  it("is not written into the file by --update", async () => {
    const text = `name: Update
ocpp: "1.6"
steps:
  - csms: { send: ChangeConfiguration, payload: { key: AuthorizationKey, value: 00112233445566778899aabbccddeeff } }
  - expect: { message: ChangeConfiguration, from: csms, with: { key: AuthorizationKey, value: ${WORN} }, within: 1 s }
`;
    const cwd = folderOf({ "s.yaml": text });
    await updateScenarios({ paths: ["s.yaml"], cwd, ocpp: ["1.6"] }, () => {});
    expect(readFileSync(join(cwd, "s.yaml"), "utf8")).toBe(text);
  });
});
