import { assembleStation } from "../dist/app/assemble.js";
import { definitionOf, loadDefinitions } from "../dist/drivers/definitions.js";
import { loadDialects } from "../dist/ocpp/versions.js";
import { CardUid } from "../dist/station/card.js";
import { memoryStore } from "../dist/store/memory.js";
import { systemClock } from "../dist/util/clock.js";

/** Whole stations, put together as the program puts its one together, without a journal. */
export async function stationFleet(url, count, tag) {
  const dialects = await loadDialects(["1.6"]);
  const model = definitionOf(await loadDefinitions(), "stations", "generic-ac");
  const stations = Array.from({ length: count }, (_, i) => {
    const { host } = assembleStation({
      id: `S${i}`,
      csms: url,
      dialects,
      model,
      store: memoryStore(),
      clock: systemClock,
      retapMs: 0,
    });
    host.station.start();
    return host.station;
  });
  while (!stations.every((s) => s.view().online)) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    round: (r) =>
      Promise.all(stations.map((station, i) => session(station, CardUid.parse(tag(i + r * count))))),
  };
}

/** One short session by the domain's own verbs; what it says leaves in its turn. */
async function session(station, uid) {
  const [evse] = station.evses;
  station.plug(evse);
  const verdict = await station.cardPresented({ uid, reader: "bench" });
  if (verdict?.by !== "csms") throw new Error(`a station did not ask its central system: ${verdict?.why}`);
  for (let i = 0; i < 5; i++) evse.transaction?.sampleNow();
  await station.cardPresented({ uid, reader: "bench" });
  station.unplug(evse);
}
