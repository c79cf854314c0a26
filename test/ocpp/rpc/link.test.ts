import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { LinkFailure } from "../../../src/ocpp/rpc/failure.ts";
import { MAX_FRAME_BYTES } from "../../../src/ocpp/rpc/frame.ts";
import { Link, type LinkOptions } from "../../../src/ocpp/rpc/link.ts";
import type { LinkFact } from "../../../src/station/facts.ts";
import { SimulatedClock } from "../../../src/util/clock.ts";
import { authority, PAST, selfSigned, serverCertificate } from "../../support/certificates.ts";
import { ScriptedServer, type ScriptedServerOptions, until } from "../../support/ws-server.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const fn of cleanUp.splice(0).reverse()) await fn();
});

async function serve(o: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(o);
  cleanUp.push(() => server.close());
  return server;
}

function dial(url: string, o: Partial<LinkOptions> = {}) {
  const clock = new SimulatedClock();
  const facts: LinkFact[] = [];
  const messages: string[] = [];
  const ups: string[] = [];
  const downs: string[] = [];
  const chains: (readonly string[] | undefined)[] = [];
  const failures: LinkFailure[] = [];
  const standard: LinkOptions = {
    url,
    subprotocols: ["ocpp1.6"],
    clock,
    random: () => 0.5,
    backOff: { waitMinimumS: 10, randomRangeS: 4, repeatTimes: 2 },
    connectTimeoutMs: 20_000,
    on: {
      up: (s, chain) => {
        ups.push(s);
        chains.push(chain);
      },
      failed: (f) => failures.push(f),
      down: (why) => downs.push(why),
      message: (text) => messages.push(text),
      fact: (f) => facts.push(f),
    },
  };
  // What is looked up anew each time stays so.
  const link = new Link(Object.defineProperties(standard, Object.getOwnPropertyDescriptors(o)));
  cleanUp.push(() => link.close());
  link.open();
  const states = () => facts.map((f) => f.state);
  const told = (n: number) =>
    until(`${n} facts, there are ${JSON.stringify(facts)}`, () => facts.length >= n);
  return { link, clock, chains, failures, facts, messages, ups, downs, states, told };
}

/** A server of bytes instead of WebSockets. */
async function serveBytes(answer: string): Promise<string> {
  const server: Server = createServer((s) => {
    s.on("error", () => {});
    s.once("data", () => s.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : ""}/CP1`;
}

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
  const server = await ScriptedServer.start();
  const { port } = server;
  await server.close();
  return port;
}

describe("a connection", () => {
  test("comes up, carries texts both ways, and is closed with a handshake", async () => {
    const server = await serve();
    const { link, ups, downs, messages, states, facts, clock } = dial(`${server.url}/CP1`, {
      subprotocols: ["ocpp2.0.1", "ocpp1.6"],
      headers: { Authorization: "Basic Q1AxOnB3" },
    });
    expect(link.send("too early")).toBe(false);
    await until("up", () => link.connected);
    expect(ups).toEqual(["ocpp2.0.1"]);
    expect(server.requests[0]?.url).toBe("/ocpp/CP1");
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: "Basic Q1AxOnB3",
      "sec-websocket-protocol": "ocpp2.0.1,ocpp1.6",
    });
    expect(server.requests[0]?.headers["sec-websocket-extensions"]).toBeUndefined();
    expect(link.send("hello €")).toBe(true);
    await until("heard there", () => server.received.length === 1);
    expect(server.received).toEqual(["hello €"]);
    server.send("hello back");
    await until("heard here", () => messages.length === 1);
    expect(messages).toEqual(["hello back"]);
    await Promise.all([link.close(), link.close()]);
    expect(link.connected).toBe(false);
    expect(link.send("too late")).toBe(false);
    expect(states()).toEqual(["connecting", "connected", "disconnected"]);
    expect(facts.at(-1)).toEqual({
      kind: "link",
      state: "disconnected",
      url: `${server.url}/CP1`,
      why: "the station closed the connection",
    });
    expect(downs).toEqual(["the station closed the connection"]);
    expect(clock.pending).toBe(0);
    await until("closed there", () => server.sockets.size === 0);
  });

  test("can be opened again, even while it closes", async () => {
    const server = await serve();
    const { link, downs } = dial(`${server.url}/CP1`);
    await until("up", () => link.connected);
    const closed = link.close();
    link.open();
    await closed;
    await until("up again", () => link.connected);
    expect(downs).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  test("binary messages are told as texts that are no frames", async () => {
    const server = await serve();
    const { link, messages } = dial(`${server.url}/CP1`);
    await until("up", () => link.connected);
    server.send(Buffer.from([0, 1, 255]));
    await until("told", () => messages.length === 1);
    expect(messages).toEqual(["<binary message of 3 bytes: 0001ff>"]);
    expect(link.connected).toBe(true);
  });

  test("a far end that leaves the closing handshake unanswered does not hold up the end", async () => {
    const server = await serve({ onConnection: (ws) => ws.pause() });
    const { link, states } = dial(`${server.url}/CP1`);
    await until("up", () => link.connected);
    await link.close();
    expect(states()).toEqual(["connecting", "connected", "disconnected"]);
  });

  test("a message above the limit ends it with a reason", async () => {
    const server = await serve();
    const { link, downs, messages } = dial(`${server.url}/CP1`);
    await until("up", () => link.connected);
    server.send("x".repeat(MAX_FRAME_BYTES + 1));
    await until("down", () => downs.length === 1);
    expect(downs[0]).toContain("broke the rules of WebSocket");
    expect(messages).toEqual([]);
  });

  test("a far end that does not read is given up before it fills the memory", async () => {
    const server = await serve({ onConnection: (ws) => ws.pause() });
    const { link, downs } = dial(`${server.url}/CP1`);
    await until("up", () => link.connected);
    const text = "x".repeat(1024 * 1024);
    let n = 0;
    while (link.send(text) && n < 100) n++;
    expect(n).toBeLessThan(20);
    expect(downs).toEqual(["the CSMS does not read what is sent to it"]);
  });

  test("user and password of the URL authenticate and are not told", async () => {
    const server = await serve();
    const { link, facts } = dial(`${server.url.replace("//", "//CP1:hunter2@")}/CP1`);
    await until("up", () => link.connected);
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa("CP1:hunter2")}`);
    expect(JSON.stringify(facts)).not.toContain("hunter2");
  });
});

describe("a connection that breaks", () => {
  test("comes back after OCPP's back-off; the reasons are told once each", async () => {
    const server = await serve();
    const { link, clock, facts, states, told, downs, messages } = dial(`${server.url}/CP1`);
    await until("up", () => link.connected);
    server.send("x");
    await until("heard", () => messages.length === 1);
    await clock.advance(10_000);
    server.hangUp(1012, "new version");
    await told(3);
    expect(facts[2]).toMatchObject({
      state: "disconnected",
      why: "the CSMS is restarting (new version)",
      retryInMs: 12_000,
    });
    expect(downs).toHaveLength(1);
    await clock.advance(11_999);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    await told(4);
    expect(states()).toEqual(["connecting", "connected", "disconnected", "connected"]);
    await until("connected there as well", () => server.sockets.size === 1);
    server.breakOff();
    await told(5);
    expect(facts[4]).toMatchObject({ state: "disconnected", why: "the connection broke", retryInMs: 22_000 });
    await clock.advance(22_000);
    await until("up again", () => link.connected);
    server.send("a message makes it a success");
    await until("heard", () => messages.length === 2);
    server.breakOff();
    await until("told", () => facts.length === 7);
    expect(facts[6]).toMatchObject({ state: "disconnected", retryInMs: 12_000 });
  });

  test("attempts that fail alike are silent, and wait longer each time", async () => {
    const port = await freePort();
    let planned = 0;
    const random = () => {
      planned++;
      return 0.5;
    };
    const { clock, facts, link } = dial(`ws://127.0.0.1:${port}/CP1`, { random });
    for (const [n, wait] of [12_000, 22_000, 42_000, 42_000].entries()) {
      await until("an attempt failed and the next is planned", () => planned === n + 1);
      await clock.advance(wait - 1);
      expect(clock.pending).toBe(1);
      await clock.advance(1);
    }
    await until("the last attempt failed", () => planned === 5);
    expect(facts.slice(1)).toEqual([
      {
        kind: "link",
        state: "disconnected",
        url: `ws://127.0.0.1:${port}/CP1`,
        why: `nobody listens at 127.0.0.1:${port}`,
        hint: "Is the central system running, and is the port right?",
        retryInMs: 12_000,
      },
    ]);
    const server = await serve({ port });
    await clock.advance(42_000);
    await until("up", () => link.connected);
    expect(server.requests).toHaveLength(1);
    expect(facts.at(-1)?.state).toBe("connected");
  });

  test("a server that hangs up at once is not hammered", async () => {
    const server = await serve({ onConnection: (ws) => ws.close(1008, "no") });
    const { clock, facts, told } = dial(`${server.url}/CP1`);
    for (const [n, retryInMs] of [12_000, 22_000, 42_000, 42_000].entries()) {
      await told(3 + 2 * n);
      expect(facts[2 + 2 * n]).toMatchObject({ state: "disconnected", retryInMs });
      expect(server.requests).toHaveLength(n + 1);
      await clock.advance(retryInMs);
    }
  });

  test("a half-open one is found by its pings", async () => {
    const server = await serve({ autoPong: false });
    let interval = 0;
    const { link, clock, facts, downs } = dial(`${server.url}/CP1`, { pingIntervalS: () => interval });
    await until("up", () => link.connected);
    expect(clock.pending).toBe(0);
    interval = 60;
    link.pingIntervalChanged();
    await clock.advance(60_000);
    expect(link.connected).toBe(true);
    await clock.advance(60_000);
    expect(link.connected).toBe(false);
    expect(downs).toEqual(["no answer to a WebSocket ping"]);
    expect(facts.at(-1)).toMatchObject({ state: "disconnected", hint: expect.stringContaining("half-open") });
  });

  test("one whose far end is gone breaks when the network brings word of it, and no other does", async () => {
    const server = await serve();
    const { link, downs, told, facts } = dial(`${server.url}/CP1`);
    await until("up", () => link.connected);
    link.loseFarEnd(false);
    expect(link.connected).toBe(true);
    link.loseFarEnd(true);
    expect(link.connected).toBe(true);
    const before = facts.length;
    link.loseFarEnd(false);
    await told(before + 1);
    expect(downs).toEqual(["the central system knows nothing of this connection any more"]);
    expect(facts.at(-1)).toMatchObject({ state: "disconnected", retryInMs: expect.any(Number) });
    // It is over with the connection: what comes next is not broken.
    link.loseFarEnd(true);
    link.loseFarEnd(false);
    expect(downs).toHaveLength(1);
  });

  test("pings that are answered keep it", async () => {
    const pings: number[] = [];
    const server = await serve({ onConnection: (ws) => ws.on("ping", () => pings.push(1)) });
    const { link, clock, messages } = dial(`${server.url}/CP1`, { pingIntervalS: 60 });
    await until("up", () => link.connected);
    for (let i = 1; i <= 3; i++) {
      await clock.advance(60_000);
      await until("pinged", () => pings.length === i);
      // The pong travels before this message.
      server.send("after the pong");
      await until("ponged", () => messages.length === i);
    }
    expect(link.connected).toBe(true);
  });

  test("network down breaks it and keeps it down until network up", async () => {
    const server = await serve();
    const { link, clock, states, facts, downs } = dial(`${server.url}/CP1`);
    await until("up", () => link.connected);
    link.setNetwork(false);
    expect(link.connected).toBe(false);
    expect(downs).toEqual(["the network is down"]);
    await until("gone there", () => server.sockets.size === 0);
    await clock.advance(3_600_000);
    expect(server.requests).toHaveLength(1);
    expect(clock.pending).toBe(0);
    link.setNetwork(false);
    link.setNetwork(true);
    await until("up again", () => link.connected);
    expect(states()).toEqual(["connecting", "connected", "disconnected", "connecting", "connected"]);
    expect(facts[2]).not.toHaveProperty("retryInMs");
  });

  test("network down before it is opened", async () => {
    const server = await serve();
    const { link, facts } = dial(`${server.url}/CP1`);
    await link.close();
    link.setNetwork(false);
    link.open();
    expect(facts.at(-1)).toMatchObject({ state: "disconnected", why: "the network is down" });
    link.setNetwork(true);
    await until("up", () => link.connected);
  });

  test("closed while it waits, and while it connects", async () => {
    const port = await freePort();
    const waiting = dial(`ws://127.0.0.1:${port}/CP1`);
    await waiting.told(2);
    await waiting.link.close();
    expect(waiting.clock.pending).toBe(0);
    const server = await serve({ mute: () => true });
    const connecting = dial(`${server.url}/CP1`);
    await until("asked", () => server.requests.length === 1);
    await connecting.link.close();
    expect(connecting.clock.pending).toBe(0);
    expect(connecting.states()).toEqual(["connecting", "disconnected"]);
    expect(connecting.downs).toEqual([]);
  });
});

describe("why there is none", () => {
  const failureOf = async (url: string, o: Partial<LinkOptions> = {}): Promise<LinkFact | undefined> => {
    const { facts, told, link, ups } = dial(url, o);
    await told(2);
    await link.close();
    expect(ups).toEqual([]);
    return facts[1];
  };

  test.each([
    [() => false as const, "it answered no subprotocol"],
    [() => "ocpp1.5", "it answered ocpp1.5"],
  ])("the subprotocol is refused (%#)", async (subprotocol, answered) => {
    const server = await serve({ subprotocol });
    const fact = await failureOf(`${server.url}/CP1`, { subprotocols: ["ocpp2.0.1", "ocpp1.6"] });
    expect(fact).toMatchObject({
      state: "refused",
      why: `the CSMS does not agree to ocpp2.0.1 or ocpp1.6: ${answered}`,
      hint: expect.stringContaining("Offered was ocpp2.0.1, ocpp1.6."),
    });
  });

  test.each([
    [401, "password"],
    [403, "password"],
    [404, "know this identity"],
    [426, "check the URL"],
    [429, "growing intervals"],
    [302, "Redirects are not followed"],
    [503, "is in trouble"],
    [418, "Check the URL"],
  ])("HTTP %i", async (status, hint) => {
    const server = await serve({ status: () => status });
    const fact = await failureOf(`${server.url}/CP1`);
    expect(fact).toMatchObject({
      state: "refused",
      why: `127.0.0.1:${server.port} answered HTTP ${status} Said`,
      hint: expect.stringContaining(hint),
    });
  });

  test("no answer to the handshake", async () => {
    const server = await serve({ mute: () => true });
    const { clock, facts, told } = dial(`${server.url}/CP1`);
    await until("asked", () => server.requests.length === 1);
    await clock.advance(20_000);
    await told(2);
    expect(facts[1]).toMatchObject({ state: "disconnected", why: "no answer to the handshake within 20 s" });
  });

  test("nobody listens at any address of a name", async () => {
    const port = await freePort();
    const fact = await failureOf(`ws://localhost:${port}/CP1`);
    expect(fact).toMatchObject({ state: "disconnected", why: `nobody listens at localhost:${port}` });
  });

  test("a name that does not exist", async () => {
    const fact = await failureOf("ws://no-such-host.invalid/CP1");
    expect(fact?.why).toMatch(/^(there is no host of the name|the name) no-such-host\.invalid/);
    expect(fact?.hint).toContain("DNS");
  });

  test("a server of something else", async () => {
    const fact = await failureOf(`ws://${await serveBytes("SSH-2.0-OpenSSH_9.2\r\n")}`);
    expect(fact).toMatchObject({ state: "refused", why: expect.stringContaining("does not speak HTTP") });
  });

  test("a server that hangs up", async () => {
    const fact = await failureOf(`ws://${await serveBytes("")}`);
    expect(fact).toMatchObject({
      why: expect.stringContaining("hung up"),
      hint: expect.stringContaining("wss://"),
    });
  });

  test("an address that the parser should have refused", async () => {
    expect(await failureOf("nonsense")).toMatchObject({
      state: "disconnected",
      why: expect.stringContaining("nonsense"),
    });
  });
});

describe("TLS", () => {
  const made = (async () => {
    const root = await authority();
    return {
      root,
      good: await serverCertificate(root),
      expired: await serverCertificate(root, PAST),
      "not yet valid": await serverCertificate(root, {
        notBefore: new Date("2100-01-01"),
        notAfter: new Date("2101-01-01"),
      }),
      "of another name": await serverCertificate(root, {
        commonName: "csms.example",
        hosts: ["csms.example"],
      }),
      "self-signed": await selfSigned(),
      stranger: await serverCertificate(await authority("Stranger")),
      client: await root.issue({ commonName: "CP1", organization: "Test" }),
      "old client": await root.issue({ commonName: "CP1", organization: "Test", ...PAST }),
      "strange client": await selfSigned({ commonName: "CP1" }),
    };
  })();
  const tlsOf = async (name: Exclude<keyof Awaited<typeof made>, "root">) => {
    const { certificate: cert, privateKey: key } = (await made)[name];
    return { cert, key };
  };
  const ca = async () => (await made).root.certificate;

  test("a certificate of a known authority; what it stands on is told", async () => {
    const server = await serve({ tls: await tlsOf("good") });
    const { link, chains } = dial(`${server.url}/CP1`, { tls: { ca: await ca() } });
    await until("up", () => link.connected);
    const { good, root } = await made;
    expect(chains.map((chain) => chain?.join(""))).toEqual([good.certificate + root.certificate]);
  });

  test("a root that another one has signed is enough, without the other one", async () => {
    const { root } = await made;
    const next = await root.authority({ commonName: "Next" });
    const { certificate: cert, privateKey: key } = await serverCertificate(next);
    const server = await serve({ tls: { cert, key } });
    const tls = { ca: next.certificate, allowPartialTrustChain: true };
    const { link } = dial(`${server.url}/CP1`, { tls });
    await until("up", () => link.connected);
  });

  test.each([
    ["self-signed", false, "is self-signed"],
    ["stranger", true, "is signed by an authority that is not known here"],
    ["good", false, "is signed by an authority that is not known here"],
    ["expired", true, "has expired"],
    ["not yet valid", true, "is not valid yet"],
    ["of another name", true, "was not made for the name"],
  ] as const)("%s is not trusted", async (name, known, why) => {
    const server = await serve({ tls: await tlsOf(name) });
    const { told, facts, failures } = dial(`${server.url}/CP1`, known ? { tls: { ca: await ca() } } : {});
    await told(2);
    expect(facts[1]).toMatchObject({
      state: "refused",
      why: expect.stringContaining(why),
      hint: expect.any(String),
      retryInMs: 12_000,
    });
    expect(failures).toMatchObject([{ problem: "serverCertificate" }]);
    expect(server.requests).toEqual([]);
  });

  test("each attempt that fails is told to the listener, however alike", async () => {
    const server = await serve({ tls: await tlsOf("expired") });
    const { told, facts, failures, clock } = dial(`${server.url}/CP1`, { tls: { ca: await ca() } });
    await told(2);
    await clock.advance(12_000);
    await until("failed again", () => failures.length === 2);
    expect(facts).toHaveLength(2);
  });

  test("address, headers and TLS are looked up anew for each attempt", async () => {
    const plain = await serve({ status: () => 401 });
    const server = await serve({ tls: await tlsOf("good") });
    const tls = { ca: await ca() };
    let raised = false;
    const { link, told, clock, facts } = dial("", {
      get url() {
        return `${raised ? server.url : plain.url}/CP1`;
      },
      get headers() {
        return { Authorization: raised ? "Basic bmV3" : "Basic b2xk" };
      },
      get tls() {
        return raised ? tls : undefined;
      },
    });
    await told(2);
    expect(facts[1]).toMatchObject({ state: "refused", url: `${plain.url}/CP1` });
    raised = true;
    await clock.advance(12_000);
    await until("up", () => link.connected);
    expect(plain.requests[0]?.headers.authorization).toBe("Basic b2xk");
    expect(server.requests[0]?.headers.authorization).toBe("Basic bmV3");
    expect(facts.at(-1)).toMatchObject({ state: "connected", url: `${server.url}/CP1` });
  });

  test.each([
    [
      "no TLS above 1.1",
      { maxVersion: "TLSv1.1", minVersion: "TLSv1" },
      "tlsVersion",
      "no TLS from version 1.2 on",
    ],
    [
      "old cipher suites only",
      { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" },
      "cipherSuite",
      "no cipher suite in common",
    ],
  ] as const)("a server with %s", async (_, old, problem, why) => {
    const rsa = await serverCertificate((await made).root, { keys: "RSA-2048" });
    const server = await serve({
      tls: { cert: rsa.certificate, key: rsa.privateKey, ciphers: "DEFAULT@SECLEVEL=0", ...old },
    });
    const tls = { ca: await ca(), minVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;
    const { told, facts, failures } = dial(`${server.url}/CP1`, { tls });
    await told(2);
    expect(facts[1]).toMatchObject({ state: "refused", why: expect.stringContaining(why) });
    expect(failures).toMatchObject([{ problem }]);
  });

  describe.each(["TLSv1.2", "TLSv1.3"] as const)("a server that wants a certificate, %s", (version) => {
    const strict = async () => ({
      ...(await tlsOf("good")),
      ca: await ca(),
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: version,
      maxVersion: version,
    });

    test("lets the right one in", async () => {
      const server = await serve({ tls: await strict() });
      const { link } = dial(`${server.url}/CP1`, { tls: { ca: await ca(), ...(await tlsOf("client")) } });
      await until("up", () => link.connected);
    });

    test("refuses none, with a reason", async () => {
      const server = await serve({ tls: await strict() });
      const { told, facts, link } = dial(`${server.url}/CP1`, { tls: { ca: await ca() } });
      await told(2);
      expect(facts[1]).toMatchObject({
        state: "refused",
        why: expect.stringMatching(/wants a certificate of/),
        hint: expect.stringContaining("--cert"),
      });
      expect(link.connected).toBe(false);
    });

    test.each(["old client", "strange client"] as const)(
      "refuses one that does not hold: %s",
      async (name) => {
        const server = await serve({ tls: await strict() });
        const { told, link } = dial(`${server.url}/CP1`, { tls: { ca: await ca(), ...(await tlsOf(name)) } });
        await told(2);
        expect(link.connected).toBe(false);
        expect(server.requests).toEqual([]);
      },
    );
  });

  test("wss:// to a port without TLS, ws:// to one with TLS", async () => {
    const plain = await serve();
    const first = dial(`${plain.url.replace("ws:", "wss:")}/CP1`);
    await first.told(2);
    expect(first.facts[1]).toMatchObject({
      state: "refused",
      hint: expect.stringContaining("ws:// instead of wss://"),
    });
    const secure = await serve({ tls: await tlsOf("good") });
    const second = dial(`${secure.url.replace("wss:", "ws:")}/CP1`);
    await second.told(2);
    expect(second.facts[1]?.hint).toContain("wss://");
  });

  test("a key that is none", async () => {
    const server = await serve({ tls: await tlsOf("good") });
    const { told, facts } = dial(`${server.url}/CP1`, { tls: { ca: await ca(), cert: "none", key: "none" } });
    await told(2);
    expect(facts[1]).toMatchObject({ state: "refused", why: expect.stringContaining("cannot be used") });
  });
});
