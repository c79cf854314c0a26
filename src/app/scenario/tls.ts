import { connect as connectPlain } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { ClientOptions } from "ws";

/**
 * TLS over a socket of its own, whose bytes can be counted: Node tells nobody of sockets that `tls.connect` makes by
 * itself, and virtual time stands still while any are on their way.
 */
export const overPlainSocket: NonNullable<ClientOptions["createConnection"]> = (options): TLSSocket => {
  const { host = "127.0.0.1", port, ...rest } = options as { host?: string; port: number };
  const socket = connectPlain({ host, port: Number(port) });
  const tls = connect({ ...rest, host, socket });
  socket.on("error", (e) => tls.destroy(e));
  return tls;
};
