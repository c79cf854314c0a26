import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stationVerbs } from "../../src/app/verbs.ts";
import { isBlank } from "../../src/app/vocabulary.ts";
import { RecordingControl } from "../support/control.ts";

async function done(line: string): Promise<string> {
  const control = new RecordingControl();
  const parsed = stationVerbs.parse(line);
  if (!parsed.ok) throw parsed.error;
  const result = await parsed.value.run(control);
  return [...control.calls, result.kind].join(" ");
}

describe("the vocabulary", () => {
  it.each([
    ["tap 04A2241BC85E80", "tap(04A2241BC85E80) verdict"],
    ["TAP 04:a2:24:1b:c8:5e:80", "tap(04A2241BC85E80) verdict"],
    ["  tap   04 a2 24 1b  ", "tap(04A2241B) verdict"],
    ["hold 04A2241B", "hold(04A2241B) verdict"],
    ["remove", "remove() done"],
    ["plug", "plug() done"],
    ["plug 1", "plug(1) done"],
    ["unplug 2", "unplug(2) done"],
    ["network down", "network(down) done"],
    ["network UP", "network(up) done"],
    ["power cut", "power(cut) done"],
    ["power restore", "power(restore) done"],
    ["fault 1 GroundFailure", "fault(1,GroundFailure) done"],
    ["fault 0 groundfailure", "fault(0,GroundFailure) done"],
    ["clear 1", "clear(1) done"],
    ["meter 1 500", "meter(1,500) done"],
    ["lock 1 JAM", "lock(1,jam) done"],
    ["transfer com.example Ping two words", "dataTransfer(com.example,Ping,two words) done"],
    ["transfer com.example - x", "dataTransfer(com.example,x) done"],
    ['transfer com.example parking "bay 7"', "dataTransfer(com.example,parking,bay 7) done"],
    ["transfer com.example parking 'bay 7'", "dataTransfer(com.example,parking,bay 7) done"],
    ['transfer com.example parking "bay \\"7\\""', 'dataTransfer(com.example,parking,bay "7") done'],
    ['transfer com.example parking "a" "b"', 'dataTransfer(com.example,parking,"a" "b") done'],
    [
      'transfer com.example parking {"bay": "a  b"} ',
      'dataTransfer(com.example,parking,{"bay": "a  b"}) done',
    ],
    ["transfer com.example", "dataTransfer(com.example) done"],
    ["meter 1 1.5kWh", "meter(1,1500) done"],
    ["wait 0", "done"],
    ["wait 0.01s", "done"],
    ["status", "status() status"],
    ["help", "help"],
    ["quit", "quit"],
  ])("%j does %j", async (line, expected) => {
    expect(await done(line)).toBe(expected);
  });

  it.each([
    ["", "The line is empty", "Verbs are tap"],
    ["tpa 04A2241B", '"tpa" is not a verb', 'Did you mean "tap UID"?'],
    ["tap", '"tap" lacks its UID', "Write: tap UID"],
    ["tap 04A", '"tap" at column 5: "04A" is not a UID', "hex digits"],
    ["tap 0102030405060708090A0B", "UID of 11 bytes", "10 bytes"],
    ["plug x", '"plug" at column 6: "x" is not the number of an EVSE', "from 1"],
    ["plug 0", "not the number of an EVSE", "from 1"],
    ["plug 1 2", '"plug": "2" at column 8 is too much', "Write: plug [evse]"],
    ["network off", '"off" is none of down, up', "Did you mean"],
    ["network", '"network" lacks its down|up', "Write: network down|up"],
    ["fault 1 GroundFailur", "is not an error code", "GroundFailure"],
    ["fault 1 NoError", "is not an error code", "Choose"],
    ["meter 1 -5", "is not an energy", "watt hours"],
    ["wait soon", "is not a number of seconds", "0.5"],
    ["wait 99999", "is not a number of seconds", "86400"],
    ["status now", "is too much", "Write: status"],
    ["\u001b[31mtap", '"?[31mtap" is not a verb', ""],
    [`tap ${"0".repeat(2000)}`, "more than 1000 characters", "one verb a line"],
    ["constructor", "is not a verb", ""],
  ])("%j is refused: %j", (line, message, hint) => {
    const parsed = stationVerbs.parse(line);
    if (parsed.ok) throw new Error("it was understood");
    expect(parsed.error.code).toBe("input.invalid");
    expect(parsed.error.message).toContain(message);
    expect(parsed.error.hint).toContain(hint);
  });

  it("is total: any text is understood or refused with a hint, in characters that show", () => {
    const word = fc.oneof(fc.constantFrom<string>(...stationVerbs.names), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        const parsed = stationVerbs.parse(words.join(" "));
        if (parsed.ok) return;
        expect(parsed.error.message).not.toMatch(/\p{Cc}/u);
        expect(parsed.error.message.length).toBeLessThan(400);
        expect(parsed.error.hint).toBeTruthy();
      }),
    );
  });

  it("hands on what the station refuses", async () => {
    const control = new RecordingControl();
    control.failure = new Error("no");
    const parsed = stationVerbs.parse("plug");
    await expect(parsed.ok && parsed.value.run(control)).rejects.toThrow("no");
  });

  it("ends a wait when it is told to", async () => {
    const stop = new AbortController();
    const parsed = stationVerbs.parse("wait 86400");
    const waiting = parsed.ok && parsed.value.run(new RecordingControl(), stop.signal);
    stop.abort();
    await expect(waiting).resolves.toEqual({ kind: "done" });
  });

  it("helps with every verb", () => {
    expect(stationVerbs.help().map((l) => l.split(/\s{2}/)[0])).toEqual(
      stationVerbs.names.map((name) => stationVerbs.usage(name)),
    );
  });

  it("knows lines that say nothing", () => {
    expect(["", "  ", "# tap", "  # x"].every(isBlank)).toBe(true);
    expect(isBlank("tap # 1")).toBe(false);
  });
});
