/** Every benchmark: a title and a function that gives rows of {what, value, target?}. */
export const benchmarks = {
  start: {
    title: "From process start to the first Authorize on the wire",
    run: async () => (await import("./start.mjs")).run(),
  },
  wire: {
    title: "From the card's UID to Authorize on the wire, our own time",
    run: async () => (await import("./wire.mjs")).run(),
  },
  pcsc: {
    title: "From a card on a virtual PC/SC reader to Authorize on the wire",
    run: async () => (await import("./pcsc.mjs")).run(),
  },
  soak: {
    title: "24 hours of taps on a serial reader, in simulated time (SOAK_TAPS for fewer)",
    run: async () => (await import("./soak.mjs")).run(),
  },
  scenarios: {
    title: "The repository's scenarios in virtual time, and the start-up of run",
    run: async () => (await import("./scenarios.mjs")).run(),
  },
  fleet: {
    title: "1,000 stations in one process against 1,000 bare ws clients doing the same exchanges",
    run: async () => (await import("./fleet.mjs")).run(),
  },
  queue: {
    title: "From a long outage back: 10,000 stored transaction messages",
    run: async () => (await import("./queue.mjs")).run(),
  },
  whitelist: {
    title: "A Local Authorization List of 100,000 entries",
    run: async () => (await import("./whitelist.mjs")).run(),
  },
};
