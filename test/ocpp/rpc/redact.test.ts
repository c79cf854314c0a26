import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordOf } from "../../../src/ocpp/rpc/frame.ts";
import { redactFrame } from "../../../src/ocpp/rpc/redact.ts";

const SECRET = "Zq7";

/** Every place that may hold a secret, with the secret in it. */
const places: readonly (readonly [string, unknown])[] = [
  ["a PIN code", { idToken: { idToken: SECRET, type: "KeyCode" } }],
  [
    "a group's PIN code",
    { idTokenInfo: { status: "Accepted", groupIdToken: { type: "KeyCode", idToken: SECRET } } },
  ],
  ["an additional PIN code", { additionalInfo: [{ additionalIdToken: SECRET, type: "KeyCode" }] }],
  ["1.6 ChangeConfiguration", { key: "AuthorizationKey", value: SECRET }],
  [
    "1.6 GetConfiguration.conf",
    { configurationKey: [{ key: "authorizationkey", readonly: false, value: SECRET }] },
  ],
  ["a vendor's key", { key: "WifiPassword", value: SECRET }],
  [
    "2.0.1 SetVariables",
    {
      setVariableData: [
        {
          attributeValue: SECRET,
          component: { name: "SecurityCtrlr" },
          variable: { name: "BasicAuthPassword" },
        },
      ],
    },
  ],
  [
    "2.0.1 NotifyReport",
    { reportData: [{ variable: { name: "BasicAuthPassword" }, variableAttribute: [{ value: SECRET }] }] },
  ],
  ["an APN", { connectionData: { apn: { apn: "x", apnPassword: SECRET, simPin: 1 } } }],
  ["a VPN", { vpn: { server: "x", user: "u", password: SECRET, key: SECRET, type: "L2TP" } }],
  ["a URL", { location: `ftp://user:${SECRET}@host/file` }],
  ["a URL with a token", { location: `https://${SECRET}@host/file?x=a@b` }],
  ["a URL with @ in the password", { location: `ftp://u:a@${SECRET}@host/` }],
  ["a URL with a quote in the password", { location: `ftp://u:"${SECRET}@host/` }],
  ["two URLs in a text", { data: `see ftp://a/b and sftp://u:${SECRET}@c/d` }],
  ["a private key", { data: `-----BEGIN EC PRIVATE KEY-----\n${SECRET}\n-----END EC PRIVATE KEY-----\n` }],
  ["half a private key", { data: `-----BEGIN PRIVATE KEY-----\n${SECRET}` }],
];

function escapeLetters(text: string): string {
  return text.replace(/(?<!\\)[A-Za-z/]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Ways to write the same JSON. */
const writers: readonly (readonly [string, (value: unknown) => string])[] = [
  ["plainly", (v) => JSON.stringify(v)],
  ["with escaped slashes", (v) => JSON.stringify(v).replaceAll("/", "\\/")],
  ["with escaped letters", (v) => JSON.stringify(v).replace(/"(?:[^"\\]|\\.)*"/g, escapeLetters)],
  ["with spaces", (v) => JSON.stringify(v, null, 2)],
];

describe.each(writers)("written %s", (_how, write) => {
  test.each(places)("%s is masked in the payload and in the text", (_what, payload) => {
    const record = recordOf("in", write([2, "19", "DataTransfer", payload]));
    expect(JSON.stringify(record.payload)).toContain(SECRET);
    const redacted = redactFrame(record);
    expect(JSON.stringify(JSON.parse(redacted.raw))).not.toContain(SECRET);
    expect(JSON.stringify(redacted)).not.toContain(SECRET);
    expect(redacted).toMatchObject({
      id: "19",
      action: "DataTransfer",
      direction: "in",
      messageType: "CALL",
    });
    expect(redactFrame(redacted)).toEqual(redacted);
    expect(JSON.stringify(record.payload), "the original stays as it is").toContain(SECRET);
  });
});

test("what is around a secret stays", () => {
  const raw = '[2,"1","UpdateFirmware",{"location":"ftp://user:pw@host/f?x#y","retries":1}]';
  expect(redactFrame(recordOf("in", raw)).raw).toBe(raw.replace("pw", "***"));
  const key = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"00ff"}]';
  expect(redactFrame(recordOf("in", key)).raw).toBe(key.replace("00ff", "***"));
});

test.each([
  '[2,"1","Authorize",{"idTag":"04A2241BC85E80"}]',
  '[2,"1","Authorize",{"idToken":{"idToken":"04A2241BC85E80","type":"ISO14443"}}]',
  '[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"300"}]',
  '[2,"1","UpdateFirmware",{"location":"https://host/a@b"}]',
  '[2,"1","GetConfiguration",{"key":["AuthorizationKey"]}]',
  '[4,"1","InternalError","no KeyCode here",{}]',
  '[2,"1","DataTransfer",{"data":"h\\u00e9llo"}]',
  "rubbish \\u00e9",
])("without a secret the very record comes back: %s", (raw) => {
  const record = recordOf("in", raw);
  expect(redactFrame(record)).toBe(record);
});

test("a text that is no JSON and may hold a secret is not kept", () => {
  for (const raw of [
    `[2,"1","A",{"idToken":{"idToken":"${SECRET}","type":"KeyCode"}`,
    `${"[".repeat(100)}KeyCode${SECRET}`,
  ]) {
    expect(JSON.stringify(redactFrame(recordOf("in", raw)))).not.toContain(SECRET);
  }
});

test("the secret is gone wherever it is planted; without one nothing changes; any text passes", () => {
  // No capital Z and no lower q: the random rest never holds the secret, nor a word that makes a secret.
  const word = fc.string({ unit: fc.constantFrom(...'abcxyz019 _é"\\/:@'), maxLength: 8 });
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      word,
      fc.integer(),
      fc.constant(null),
      fc.dictionary(word, tie("tree"), { maxKeys: 4 }),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.constant("PLANT"),
    ),
  }));
  const planted = (value: unknown, with_: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_k, v) => (v === "PLANT" ? with_ : v));
  fc.assert(
    fc.property(
      tree,
      fc.constantFrom(...places),
      fc.constantFrom(...writers),
      (value, [, plant], [, write]) => {
        const raw = write([2, "1", "DataTransfer", { data: planted(value, plant) }]);
        const record = recordOf("out", raw);
        expect(record.messageType).toBe("CALL");
        expect(JSON.stringify(redactFrame(record))).not.toContain(SECRET);
      },
    ),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (raw) => {
      redactFrame(recordOf("in", raw));
    }),
  );
});

test("long hostile texts take linear time", () => {
  const many = `[2,"1","A",{"x":"${"a://".repeat(500_000)}"}]`;
  expect(redactFrame(recordOf("in", many)).raw).toBe(many);
  const at = `[2,"1","A",{"x":"${"a://b@".repeat(300_000)}"}]`;
  expect(redactFrame(recordOf("in", at)).raw).not.toContain("b@");
});
