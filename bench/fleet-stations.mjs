import { randomUUID } from "node:crypto";
import { assembleStation } from "../dist/app/assemble.js";
import { definitionOf, loadDefinitions } from "../dist/drivers/definitions.js";
import { loadDialects } from "../dist/ocpp/versions.js";
import { CardUid } from "../dist/station/card.js";
import { memoryStore } from "../dist/store/memory.js";
import { systemClock } from "../dist/util/clock.js";

/** A thousand whole stations, put together as the program puts its one together, without a journal. */
export async function createFleetForBench(url, count, tag) {
  const dialects = await loadDialects(["1.6"]);
  const model = definitionOf(await loadDefinitions(), "stations", "generic-ac");
  let messages = 0;
  const stations = [];
  for (let i = 0; i < count; i++) {
    const { host } = assembleStation({
      id: `S${i}-${randomUUID().slice(0, 4)}`,
      csms: url,
      csmsShown: url,
      dialects,
      model,
      store: memoryStore(),
      clock: systemClock,
    });
    host.station.start();
    stations.push(host.station);
  }
  await Promise.all(stations.map(online));
  let round = 0;
  return {
    round: async () => {
      round++;
      const cards = stations.map((_, i) => CardUid.parse(tag(i + round * count)));
      const verdicts = await Promise.all(
        stations.map((s, i) => s.cardPresented({ uid: cards[i], reader: "bench" })),
      );
      if (verdicts.some((v) => v?.by !== "csms")) throw new Error("a station did not ask its central system");
      messages += 2 * stations.length;
    },
    messages: () => messages,
  };
}

async function online(station) {
  while (!station.view().online) await new Promise((resolve) => setTimeout(resolve, 20));
}
