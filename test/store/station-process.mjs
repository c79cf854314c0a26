// A process that owns a station's store, for tests that end it. Run from the build: `npm test` makes it first.
// Each line on stdout is written after the call that it tells of has returned (except "drop", which comes before).
import { writeSync } from "node:fs";
import { openStationStore } from "../../dist/store/station-store.js";

const [, , mode, path] = process.argv;
const say = (...words) => writeSync(1, `${words.join(" ")}\n`);

const entry = (i, version) => ({
  key: `ISO14443:K${i}`,
  token: { idToken: `K${i}`, type: "ISO14443" },
  info: { status: "Accepted", personalMessage: String(version) },
  updatedAt: version,
});

/** Every list of version v has 100 + v % 50 entries, each of them marked with v. */
function nextList(store) {
  const version = store.list.version() + 1;
  const put = Array.from({ length: 100 + (version % 50) }, (_, i) => entry(i, version));
  const remove = store.list
    .entries()
    .map((e) => e.key)
    .filter((key) => Number(key.slice("ISO14443:K".length)) >= put.length);
  store.list.update({ full: version % 2 === 0, version, put, remove });
  say("list", version);
}

function nextMessage(store) {
  const id = store.atomically(() => {
    const message = store.queue.append({ transactionId: "tx", seqNo: store.queue.size() });
    store.values.set("newest", message.id);
    return message.id;
  });
  say("queued", id);
}

function dropHead(store) {
  const head = store.queue.head();
  say("drop", head.id);
  store.queue.delete(head.id);
  say("dropped", head.id);
}

function nextToken(store) {
  const n = store.cache.size();
  store.cache.put(entry(n, 0));
  say("cached", n);
}

const modes = {
  work(store) {
    // A list is the longest write: it comes between all others, so that many kills fall into one.
    for (;;) {
      for (const act of [nextMessage, nextMessage, nextMessage, dropHead, nextToken]) {
        nextList(store);
        act(store);
      }
    }
  },
  /** Does not even remember the store: its lock must not depend on that. */
  hold() {
    globalThis.gc();
    say("holding");
    setInterval(() => undefined, 60_000);
  },
  fill(store) {
    const put = Array.from({ length: 50_000 }, (_, i) => entry(i, 2));
    try {
      store.list.update({ full: true, version: 2, put, remove: [] });
      say("fits");
    } catch (e) {
      say(e.code, store.list.version(), store.list.size());
    }
    store.close();
  },
};

modes[mode](openStationStore(path));
