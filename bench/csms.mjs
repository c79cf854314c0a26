import { WebSocketServer } from "ws";

/** The smallest central system that lets a 1.6 station charge: a constant answer to each action. */
const answers = {
  BootNotification: { status: "Accepted", currentTime: "2030-01-01T00:00:00.000Z", interval: 86_400 },
  Heartbeat: { currentTime: "2030-01-01T00:00:00.000Z" },
  Authorize: { idTagInfo: { status: "Accepted" } },
  StartTransaction: { transactionId: 1, idTagInfo: { status: "Accepted" } },
  StopTransaction: { idTagInfo: { status: "Accepted" } },
  StatusNotification: {},
  MeterValues: {},
};

/** Starts it on a free port of loopback; `heard` is called with each action, `other` replaces answers. */
export function bareCsms(heard = () => {}, other = {}) {
  const table = { ...answers, ...other };
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, backlog: 4096 });
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const [type, id, action] = JSON.parse(data);
      if (type !== 2) return;
      socket.send(JSON.stringify([3, id, table[action] ?? {}]));
      heard(action);
    });
  });
  return new Promise((resolve) => {
    server.on("listening", () => {
      resolve({
        url: `ws://127.0.0.1:${server.address().port}`,
        close: () => {
          for (const client of server.clients) client.terminate();
          server.close();
        },
      });
    });
  });
}
