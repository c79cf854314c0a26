import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileNameIn, readImage } from "../../../src/station/maintenance/image.ts";

describe("a firmware image's header", () => {
  it.each([
    ["firmwareVersion: 2.0.0\n", { version: "2.0.0", installs: "ok" }],
    [
      "FIRMWAREVERSION:2.0.0\r\ninstallseconds: 0\r\n\r\n",
      { version: "2.0.0", installs: "ok", installSeconds: 0 },
    ],
    ["installation: fails\nfirmwareVersion: 3", { version: "3", installs: "fails" }],
    ["installation: Verification-Fails\n", { version: "v2.img", installs: "verificationFails" }],
    ["vendor: somebody\nfirmwareVersion: 4 beta \nrest", { version: "4 beta", installs: "ok" }],
    ["\nfirmwareVersion: 2.0.0\n", { version: "v2.img", installs: "ok" }],
    ["\x7fELF\x02\x01firmwareVersion: 2", { version: "v2.img", installs: "ok" }],
    ["firmwareVersion: \n", { version: "v2.img", installs: "ok" }],
    ["installSeconds: -1\n", { version: "v2.img", installs: "ok" }],
    ["installSeconds: soon\ninstallation: maybe\n", { version: "v2.img", installs: "ok" }],
    [`firmwareVersion: ${"9".repeat(60)}\n`, { version: "9".repeat(50), installs: "ok" }],
    ["", { version: "v2.img", installs: "ok" }],
  ])("%j", (head, image) => {
    expect(readImage(head, "v2.img")).toEqual(image);
  });

  it("is read from any bytes, and never says what BootNotification cannot", () => {
    const bytes = fc.uint8Array({ maxLength: 1024 }).map((b) => Buffer.from(b).toString("latin1"));
    const lines = fc
      .array(fc.tuple(fc.constantFrom("firmwareVersion", "installSeconds", "installation"), fc.string()))
      .map((all) => all.map(([name, value]) => `${name}: ${value}`).join("\n"));
    fc.assert(
      fc.property(fc.oneof(bytes, lines), (head) => {
        const { version, installSeconds = 0 } = readImage(head, "v2.img");
        expect(version).toMatch(/^[\x20-\x7e]{1,50}$/);
        expect(installSeconds).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a location's file name", () => {
  it.each([
    ["http://host/a/v2.img", "v2.img"],
    ["http://host/a/v2.img?signature=secret#x", "v2.img"],
    ["ftp://user:pass@host/dir/", "dir"],
    ["ftp://user:pass@host", "host"],
    ["", "firmware"],
  ])("%j is %j", (location, name) => {
    expect(fileNameIn(location)).toBe(name);
  });

  it("never has a login in it", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        const location = url.replace("//", "//someone:s3cret-word@");
        expect(fileNameIn(location)).not.toContain("s3cret-word");
        expect(fileNameIn(location).length).toBeGreaterThan(0);
      }),
    );
  });
});
