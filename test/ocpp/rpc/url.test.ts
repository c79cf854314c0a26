import { describe, expect, test } from "vitest";
import { parseCsmsUrl, publicUrl } from "../../../src/ocpp/rpc/url.ts";
import { type AppError, isAppError } from "../../../src/util/errors.ts";

test.each([
  ["ws://host", "CP001", "ws://host/CP001"],
  ["ws://host/", "CP001", "ws://host/CP001"],
  ["ws://host:9000/ocpp/1.6/", "CP001", "ws://host:9000/ocpp/1.6/CP001"],
  ["wss://host/path?tenant=a", "CP001", "wss://host/path/CP001?tenant=a"],
  ["ws://host/path/CP001", "CP001", "ws://host/path/CP001"],
  ["ws://host/path/XCP001", "CP001", "ws://host/path/XCP001/CP001"],
  ["ws://host/ocpp", "RDAM|123", "ws://host/ocpp/RDAM%7C123"],
  ["ws://host/ocpp", "Ort/Straße 1#?", "ws://host/ocpp/Ort%2FStra%C3%9Fe%201%23%3F"],
  ["ws://user:pass@host/ocpp", "CP001", "ws://user:pass@host/ocpp/CP001"],
  ["  ws://[::1]:80/x ", "a", "ws://[::1]/x/a"],
])("%s and %s", (text, id, url) => {
  expect(parseCsmsUrl(text, id)).toBe(url);
});

describe("what cannot be an address", () => {
  const failure = (text: string, id = "CP001"): AppError => {
    try {
      parseCsmsUrl(text, id);
    } catch (e) {
      if (isAppError(e, "usage")) return e;
    }
    throw new Error("no usage error");
  };

  test.each([
    ["", "is not a URL"],
    ["localhost:9000", "does not start with ws:// or wss://"],
    ["host/path", "is not a URL"],
    ["ftp://host", "does not start with ws:// or wss://"],
    ["ws://", "is not a URL"],
    ["ws://host:99999", "is not a URL"],
    ["ws://host/x#y", "has a fragment"],
  ])("%s", (text, message) => {
    const e = failure(text);
    expect(e.message).toContain(message);
    expect(e.hint).toBeTruthy();
  });

  test("http and https say what to write instead", () => {
    expect(failure("http://host/x").hint).toContain("ws://host/x");
    expect(failure("https://host/x").hint).toContain("wss://host/x");
  });

  test.each(["", ".", "..", "\ud800"])("identity %j", (id) => {
    expect(failure("ws://host", id).message).toContain("identity");
  });

  test("a password in the URL is not repeated", () => {
    const e = failure("http://user:hunter2@host/x");
    expect(`${e.message} ${e.hint}`).not.toContain("hunter2");
    expect(publicUrl("wss://user:hunter2@host/a@b?c=d@e")).toBe("wss://host/a@b?c=***");
    expect(publicUrl("ws://host/o?token=SECRET&sig=S&x")).toBe("ws://host/o?token=***&sig=***&x");
    expect(publicUrl("ws://user:ge/heim@localhost:9/")).toBe("ws://localhost:9/");
    expect(publicUrl("ws://host/a@b")).toBe("ws://host/a@b");
  });
});
