import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { createCentral } from "../../src/index.ts";
import { folderOf, scenario } from "../scenario/support.ts";
import { Bin, run } from "../support/bin.ts";

/** What `tapstation run` tells when something fails or is broken off. */

const EXPECT = "expect: { signal: fault, within: 1 s }";
const FILES = {
  "all.yaml": scenario(
    [
      "- repeat:",
      "    times: 3",
      "    steps:",
      "      - for-each:",
      "          as: tag",
      "          in: cards.csv",
      "          steps:",
      "            - parallel:",
      "                - - wait: 1 s",
      "                - - include: _look.yaml",
    ].join("\n"),
    "ocpp: 1.6\n",
  ),
  "cards.csv": "id,password\n04AABB,hunter2\n",
  "_look.yaml": `- ${EXPECT}\n`,
};
/** Outermost first; a secret column is masked. */
const AROUND = [
  "in round 1 of 3 (repeat, all.yaml:4)",
  "with tag = {id: 04AABB, password: ***} (row 1 of cards.csv; for-each, all.yaml:7)",
  "in branch 2 of parallel (all.yaml:11)",
  "included by all.yaml:13",
];
const JOINED = ["signal fault did not come within 1 s", ...AROUND].join("; ");

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Everything that an HTML report holds: its index and its packed parts. */
function pageData(html: string): string {
  const parts = [...html.matchAll(/id="part-\d+">([^<]*)</g)].map(([, packed = ""]) =>
    inflateRawSync(Buffer.from(packed, "base64")).toString(),
  );
  return [html, ...parts].join("\n");
}

describe("a failure says where it was", () => {
  it("in every reporter", async () => {
    const cwd = folderOf(FILES);
    const reporters = [
      "terminal:t.txt",
      "minimal",
      "junit:r.xml",
      "github:g.txt",
      "jsonl:r.jsonl",
      "html:r.html",
    ];
    const { code, stdout } = await run(["run", ".", ...reporters.flatMap((r) => ["--reporter", r])], { cwd });
    expect(code).toBe(1);
    const read = (name: string) => readFileSync(join(cwd, name), "utf8");
    for (const text of [stdout, read("t.txt")]) {
      const lines = text.split("\n").map((line) => line.trim());
      const from = lines.indexOf("signal fault did not come within 1 s");
      expect(lines.slice(from + 1, from + 6).join(" ")).toContain(AROUND.join(" "));
    }
    expect(read("r.xml")).toContain(`<failure message="${escaped(JOINED)}"`);
    expect(read("g.txt")).toContain(["signal fault did not come within 1 s", ...AROUND].join("%0A"));
    const ended = read("r.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
      .find(({ kind }) => kind === "scenarioEnded");
    expect(ended.result.failures[0]).toMatchObject({
      at: { file: "_look.yaml", line: 1 },
      around: AROUND.map((text, i) => ({ text, at: { file: "all.yaml", line: [4, 7, 11, 13][i] } })),
    });
    const page = pageData(read("r.html"));
    expect(page.split(JSON.stringify(JOINED))).toHaveLength(3);
    expect(page + stdout + read("r.jsonl")).not.toContain("hunter2");
  });

  it("in the file itself by its line, with the item of a list, in the round that failed", async () => {
    const steps = [
      "- for-each:",
      "    as: card",
      "    in: [04A2241BC85E80, 04B3352CD96F91]",
      "    steps:",
      "      - tap: $card",
      "      - expect: { verdict: accepted, because: Accepted, within: 1 s }",
    ].join("\n");
    const { stdout } = await run(["run", "s.yaml"], {
      cwd: folderOf({ "s.yaml": scenario(steps, "ocpp: 1.6\n") }),
    });
    expect(stdout).toMatch(/\n {3}with card = 04B3352CD96F91 \(item 2 of 2; for-each, line 4\)\n/);
  });

  it("without the secrets of a table or a list", async () => {
    const steps = [
      "- for-each:",
      "    as: password",
      "    in: [hunter4secret]",
      "    steps:",
      "      - expect: { signal: fault, within: 1 s }",
    ].join("\n");
    const data =
      "ocpp: 1.6\ndata:\n  - { door: A, password: hunter5secret }\n  - { door: B, password: hunter6secret }\n";
    const cwd = folderOf({ "s.yaml": scenario(steps, data) });
    const { stdout } = await run(["run", "s.yaml", "--reporter", "jsonl:r.jsonl"], { cwd });
    expect(stdout).toContain("door=A password=***");
    expect(stdout).toContain("with password = *** (item 1 of 1; for-each, line 7)");
    const report = readFileSync(join(cwd, "r.jsonl"), "utf8");
    expect(stdout + report).not.toMatch(/hunter[56]secret/);
  });

  it("a time-out too", async () => {
    const steps = ["- repeat:", "    times: 2", "    steps:", "      - wait: 40 s"].join("\n");
    const cwd = folderOf({ "s.yaml": scenario(steps, "ocpp: 1.6\ntimeout: 1 min\n") });
    const { code, stdout } = await run(["run", "s.yaml"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("It took longer than 1 min, at the step wait 40 s (line 8)");
    expect(stdout).toContain("in round 2 of 2 (repeat, line 5)");
  });
});

/** Waits for a program of this machine until it is interrupted; another scenario never begins. */
const LASTING = scenario(
  "- repeat:\n    times: 2\n    steps:\n      - shell: sleep 60",
  "ocpp: 1.6\nteardown:\n  - wait: 2 s\n  - expect: { signal: fault, within: 1 s }\n",
);

describe("an interrupted run", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s: is told as interrupted, its tear-down and its reports are whole, exit code %i",
    async (signal, code) => {
      const cwd = folderOf({ "a.yaml": LASTING, "b.yaml": scenario("- wait: 1 s", "ocpp: 1.6\n") });
      const reporters = [
        "jsonl",
        "terminal:t.txt",
        "minimal:m.txt",
        "junit:r.xml",
        "github:g.txt",
        "html:r.html",
      ];
      const bin = new Bin(
        ["run", ".", "--allow-shell", "--workers", "1", ...reporters.flatMap((r) => ["--reporter", r])],
        { cwd },
      );
      await bin.until((b) => b.stdout.includes('"steps.1#1.1"'));
      bin.process.kill(signal);
      const outcome = await bin.ended;
      expect(outcome).toMatchObject({ code, stderr: "" });
      const why = `interrupted (${signal}), at the step shell sleep 60 (line 10); in round 1 of 2 (repeat, line 7)`;
      const read = (name: string) => readFileSync(join(cwd, name), "utf8");
      for (const name of ["t.txt", "m.txt"]) {
        expect(read(name)).toContain("2 scenarios: 1 interrupted, 1 skipped");
        expect(read(name).replaceAll(/\n +/g, " ")).toContain(`Test [ocpp=1.6] ${why}`);
        expect(read(name)).toContain("In the tear-down: signal fault did not come within 1 s");
        expect(read(name)).not.toContain("could not be run");
      }
      expect(read("r.xml")).toContain(`<error message="${why}" type="interrupted"`);
      expect(read("r.xml")).toContain('<skipped message="the run was interrupted"/>');
      expect(read("r.xml")).toContain('tests="2" failures="0" errors="1" skipped="1"');
      expect(read("g.txt")).toContain(`::warning file=a.yaml,line=1,col=1,title=Test [ocpp=1.6]::${why}`);
      expect(read("r.html")).toContain('<script type="application/json" id="index">');
      const events = outcome.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(events.at(-1)).toMatchObject({
        kind: "runEnded",
        summary: { total: 2, interrupted: 1, skipped: 1, errors: 0, exitCode: code },
      });
      const ended = events
        .filter(({ kind }) => kind === "stepEnded")
        .map((e) => [e.step.path, e.result.outcome]);
      expect(ended).toEqual([
        ["steps.1#1.1", "interrupted"],
        ["steps.1", "interrupted"],
        ["teardown.1", "passed"],
        ["teardown.2", "failed"],
      ]);
    },
  );
});

it("an interruption before the first step is told as such, and ends the wait for a central system", async () => {
  const cwd = folderOf({ "s.yaml": scenario("- wait: 1 s", "ocpp: 1.6\n") });
  const bin = new Bin(["run", "s.yaml", "--csms", "ws://127.0.0.1:1/ocpp", "--json"], { cwd });
  await bin.until((b) => b.stdout.includes('"state":"disconnected"'));
  bin.process.kill("SIGTERM");
  const { code, stdout } = await bin.ended;
  expect(code).toBe(143);
  expect(stdout).toContain('"why":"interrupted (SIGTERM), before its first step"');
});

it("in real time nothing that was waited for outlasts the run", async () => {
  const central = await createCentral({});
  onTestFinished(() => central.close());
  const both = "- - wait: 1 h\n    - - expect: { signal: accepted, within: 1 h }";
  const cwd = folderOf({ "s.yaml": scenario(`- parallel:\n    ${both}`, "ocpp: 1.6\ntimeout: 1 s\n") });
  const { code, stdout } = await run(["run", "s.yaml", "--csms", central.url], { cwd });
  expect(stdout).toContain("It took longer than 1 s, at the step");
  expect(code).toBe(1);
});

it("a fault of the program itself ends the run with reports, and is told", async () => {
  // Where nobody can catch it, as in a callback of a socket.
  const faulty = `import { subscribe } from "node:diagnostics_channel";
    const slip = () => { throw new Error("a slip"); };
    subscribe("net.client.socket", ({ socket }) => socket.once("connect", () => setImmediate(slip)));`;
  const cwd = folderOf({
    "a.yaml": scenario("- wait: 1 s", "ocpp: 1.6\nteardown:\n  - wait: 1 s\n"),
    "b.yaml": scenario("- wait: 1 s", "ocpp: 1.6\n"),
    "faulty.mjs": faulty,
  });
  const { code, stderr, stdout } = await run(
    ["run", ".", "--workers", "1", "--reporter", "jsonl", "--reporter", "junit:r.xml"],
    { cwd, env: { NODE_OPTIONS: `--import=${join(cwd, "faulty.mjs")}` } },
  );
  expect(stderr).toMatch(/^tapstation: a slip\n {2}This is a fault of tapstation itself/);
  expect(code).toBe(1);
  expect(stdout).toMatch(/"stepEnded".*"teardown\.1".*"outcome":"passed"/);
  const report = readFileSync(join(cwd, "r.xml"), "utf8");
  expect(report).toContain(
    '<error message="interrupted (fault of tapstation), before its first step" type="interrupted"',
  );
  expect(report).toContain('<skipped message="the run was interrupted"/>');
});

describe("a run in which all are skipped", () => {
  it("says so and why in every reporter, and is no success", async () => {
    const cwd = folderOf({
      "a.yaml": scenario("- wait: 1 s", "ocpp: 1.6\nskip: the meter is away\n"),
      "b.yaml": scenario("- shell: echo", "ocpp: 1.6\n"),
      "c.yaml": scenario("- shell: echo", "ocpp: 1.6\n"),
    });
    const reporters = ["terminal:t.txt", "minimal", "junit:r.xml", "github:g.txt", "jsonl:r.jsonl"];
    const { code, stdout } = await run(["run", ".", ...reporters.flatMap((r) => ["--reporter", r])], { cwd });
    expect(code).toBe(2);
    const read = (name: string) => readFileSync(join(cwd, name), "utf8");
    const shell = "it runs programs of this machine, and --allow-shell is not set";
    for (const text of [stdout, read("t.txt")]) {
      expect(text).toMatch(/3 scenarios: 3 skipped[^\n]*\nNothing ran\./);
      expect(text.replaceAll(/\n +/g, " ")).toContain(
        `skipped the meter is away Test [ocpp=1.6] a.yaml:1:1 ${shell} Test [ocpp=1.6] b.yaml:1:1 Test [ocpp=1.6] c.yaml:1:1`,
      );
    }
    expect(read("g.txt")).toBe(
      `::warning title=Nothing ran::1 skipped: the meter is away%0A2 skipped: ${shell}\n`,
    );
    expect(read("r.xml").split(`<skipped message="${shell}"/>`)).toHaveLength(3);
    expect(read("r.jsonl")).toMatch(/"kind":"runEnded".*"skipped":3,.*"exitCode":2/);
  });
});

describe("a count that is wrong", () => {
  it("lists the first and the last with what tells them apart, and how many are between", async () => {
    const steps = [
      "- repeat: { times: 10, steps: [ { transfer: { vendor: com.example, message: $round } } ] }",
      "- expect: { message: DataTransfer, count: 9, since: start }",
    ].join("\n");
    const few = steps.replace("count: 9", "with: { messageId: '/^[12]$/' }, count: 3, within: 1 s");
    const cwd = folderOf({ "s.yaml": [steps, few].map((s) => scenario(s, "ocpp: 1.6\n")).join("---\n") });
    const { code, stdout } = await run(["run", "s.yaml", "--reporter", "github", "--reporter", "terminal"], {
      cwd,
    });
    expect(code).toBe(1);
    const text = stdout.replaceAll(/[\n ]+/g, " ");
    const one = (n: number) => String.raw`\+0\.000 s → DataTransfer[^:]*? messageId: ${n}`;
    const list = [1, 2, 3, 4].map(one).join(" ");
    const end = [7, 8, 9, 10].map(one).join(" ");
    expect(text).toMatch(
      new RegExp(
        `message DataTransfer came 10 times, at most 9 expected.* came \\(10\\) ${list} … 2 between them are left out ${end}`,
      ),
    );
    expect(text).toMatch(
      new RegExp(`came 2 times, not 3 times.*came \\(2\\) ${[1, 2].map(one).join(" ")} nearest`),
    );
    expect(stdout).toMatch(
      /^::error file=s\.yaml,line=5,.*came:%0A {2}\+0\.000 s → DataTransfer.*%0A {6}messageId: 1%0A/m,
    );
  });
});

/** Answers each handshake as it is told; "ocpp1.6" is taken, unless something else is said of the n-th. */
async function picky(
  refuse: (socket: Duplex, request: IncomingMessage) => void,
  isTaken = (offered: string, _nth: number): boolean => offered === "ocpp1.6",
): Promise<{ url: string; asked: string[] }> {
  const central = await createCentral();
  const asked: string[] = [];
  const front = createServer();
  front.on("upgrade", (request, socket) => {
    const offered = String(request.headers["sec-websocket-protocol"]);
    asked.push(offered);
    if (!isTaken(offered, asked.length)) return refuse(socket, request);
    const { port } = new URL(central.url);
    const through = connect(Number(port), "127.0.0.1", () => {
      const head = request.rawHeaders.flatMap((h, i, all) => (i % 2 === 0 ? [`${h}: ${all[i + 1]}`] : []));
      through.write([`GET ${request.url} HTTP/1.1`, ...head, "", ""].join("\r\n"));
      through.pipe(socket).pipe(through);
    });
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  onTestFinished(async () => {
    front.closeAllConnections();
    front.close();
    await central.close();
  });
  return { url: `ws://127.0.0.1:${(front.address() as AddressInfo).port}/ocpp`, asked };
}

const answering = (status: string) => (socket: Duplex) =>
  void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
/** Agrees to the WebSocket, and to no subprotocol. */
const agreeingToNone = (socket: Duplex, request: IncomingMessage) =>
  new WebSocketServer({ noServer: true, handleProtocols: () => false }).handleUpgrade(
    request,
    socket,
    Buffer.alloc(0),
    () => {},
  );

it("a central system that is not there is waited for twice, and not by each scenario", async () => {
  const one = scenario("- wait: 1 ms", "ocpp: 1.6\n");
  const cwd = folderOf({ "a.yaml": one, "b.yaml": one, "c.yaml": one });
  const { code, stdout } = await run(["run", ".", "--csms", "ws://127.0.0.1:1/"], { cwd });
  expect(code).toBe(4);
  expect(stdout).toContain("3 scenarios: 2 could not be run, 1 skipped");
  expect(stdout).toMatch(/skipped\n {2}the central system is not there: .*\n {4}Test .* c\.yaml:1:1/);
});

describe("a central system that does not speak a version", () => {
  const cwd = () =>
    folderOf({
      "a.yaml": scenario("- wait: 1 ms"),
      "b.yaml": scenario("- wait: 1 ms").replace("Test", "Other"),
    });

  it.each([
    ["no subprotocol is agreed to", agreeingToNone, "does not take OCPP 2.0.1: the CSMS does not agree"],
    [
      "HTTP 400",
      answering("400 Bad Request"),
      "takes OCPP 1.6, and it seems not OCPP 2.0.1: 127.0.0.1:PORT answered HTTP 400 Bad Request",
    ],
  ])(
    "is found out by the handshake, told once with what to do, and not tried again: %s",
    async (_, refuse, said) => {
      const { url, asked } = await picky(refuse);
      const { code, stdout } = await run(["run", ".", "--csms", url], { cwd: cwd() });
      expect(code).toBe(4);
      expect(stdout).toContain("4 scenarios: 2 passed, 1 could not be run, 1 skipped");
      const text = stdout.replaceAll(/\n {5}(?=\S)/g, " ").replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT");
      expect(text.split(`The central system ${said}`)).toHaveLength(2);
      expect(stdout).toContain("--ocpp 1.6");
      expect(stdout).toContain("the central system refuses OCPP 2.0.1, as was told");
      expect(asked.filter((offered) => offered === "ocpp2.0.1")).toHaveLength(1);
    },
  );

  it.each(["400 Bad Request", "409 Conflict"])(
    "what refuses a version that was taken before may pass, and is waited for: HTTP %s",
    async (status) => {
      const { url, asked } = await picky(answering(status), (_, nth) => nth !== 2);
      const { code, stdout } = await run(["run", ".", "--csms", url, "--ocpp", "1.6"], { cwd: cwd() });
      expect(stdout).toContain("2 scenarios: 2 passed");
      expect(code).toBe(0);
      expect(asked).toHaveLength(3);
    },
  );

  it("another refusal ends the wait, for one scenario only; what may pass is waited for", async () => {
    const unknown = await picky(answering("404 Not Found"));
    const { code, stdout } = await run(["run", ".", "--csms", unknown.url, "--ocpp", "2.0.1"], {
      cwd: cwd(),
    });
    expect(code).toBe(4);
    expect(stdout.split("The station is refused: ")).toHaveLength(3);
    expect(stdout).toContain("2 scenarios: 2 could not be run");
    const asked: string[] = [];
    const busy = await picky((socket) => {
      asked.push("again");
      answering(asked.length === 1 ? "503 Service Unavailable" : "400 Bad Request")(socket);
    });
    const later = await run(["run", "a.yaml", "--csms", busy.url, "--ocpp", "2.0.1"], { cwd: cwd() });
    // Nothing shows that it is the version.
    expect(later.stdout).toMatch(/The station is refused: .*answered HTTP 400/);
    expect(later.stdout).toMatch(/know this identity and path, and take OCPP 2\.0\.1\?/);
    expect(asked).toHaveLength(2);
  });

  it("what it says besides stands in the message", async () => {
    const body = JSON.stringify({ error: "no such charger" }, undefined, 2);
    const head = `Content-Type: application/problem+json\r\nContent-Length: ${body.length}\r\n`;
    const { url } = await picky((socket) =>
      socket.end(`HTTP/1.1 400 Bad Request\r\n${head}Connection: close\r\n\r\n${body}`),
    );
    const { stdout } = await run(
      ["run", "a.yaml", "--csms", url, "--ocpp", "2.0.1", "--reporter", "github"],
      {
        cwd: cwd(),
      },
    );
    expect(stdout).toContain('answered HTTP 400 Bad Request: { "error": "no such charger" }%0A');
  });

  it("one that does not answer BootNotification, or keeps the station waiting, is told as such", async () => {
    const saidOf = async (answer?: object): Promise<string> => {
      const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => "ocpp1.6" });
      onTestFinished(() => server.close());
      await once(server, "listening");
      server.on("connection", (socket) =>
        socket.on("message", (text) => {
          const [, id] = JSON.parse(String(text)) as unknown[];
          if (answer !== undefined) socket.send(JSON.stringify([3, id, answer]));
        }),
      );
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const args = ["run", "a.yaml", "--csms", url, "--ocpp", "1.6", "--reporter", "github"];
      return (await run(args, { cwd: cwd() })).stdout;
    };
    const currentTime = new Date().toISOString();
    const [mute, pending] = await Promise.all([
      saidOf(),
      saidOf({ status: "Pending", interval: 60, currentTime }),
    ]);
    expect(mute).toContain("not registered within 10 s: BootNotification is not answered");
    expect(pending).toContain("not registered within 10 s: the central system answers Pending");
  });
});
