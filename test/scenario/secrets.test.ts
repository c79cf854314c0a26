import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { noColors } from "../../src/report/failure-lines.ts";
import { openReporters } from "../../src/report/registry.ts";
import { withoutSecrets } from "../../src/scenario/secrets.ts";
import { folderOf, run } from "./support.ts";

describe("what a scenario's author wrote", () => {
  it.each([
    [
      "station: { password: sixteen letters and more, begins: powered }",
      "station: { password: ***, begins: powered }",
    ],
    ['central: { password: "a, b" } # note', "central: { password: *** } # note"],
    ["  password: plain text\n  id: X", "  password: ***\n  id: X"],
    ["payload: { key: AuthorizationKey, value: 0011aabb }", "payload: { key: AuthorizationKey, value: *** }"],
    [
      '{"key":"AuthorizationKey","value":"0011"}',
      '{"key":"AuthorizationKey","value":"***"}'.replace('"***"', "***"),
    ],
    [
      "variable: { name: BasicAuthPassword }\n attributeValue: another-long one\n",
      "variable: { name: BasicAuthPassword }\n attributeValue: ***\n",
    ],
    ["name: A password is changed", "name: A password is changed"],
    ["value: 5", "value: 5"],
  ])("%j is told as %j", (text, told) => {
    expect(withoutSecrets(text)).toBe(told);
  });

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
    const html = readFileSync(join(cwd, "r.html"), "utf8");
    const parts = [...html.matchAll(/id="part-\d+">(.*?)<\/script>/g)].map(([, packed = ""]) =>
      inflateRawSync(Buffer.from(packed, "base64")).toString("utf8"),
    );
    expect(parts).toHaveLength(2);
    const all = [
      stdout,
      html,
      ...parts,
      ...["r.xml", "r.jsonl"].map((f) => readFileSync(join(cwd, f), "utf8")),
    ];
    for (const text of all) for (const secret of secrets) expect(text).not.toContain(secret);
    expect(parts.join()).toContain("AuthorizationKey, value: ***");
  });
});
