import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Issued } from "../../src/security/authority.ts";

/** Debian's own: the library is a package of the system, not of whatever python3 stands first in the path. */
const PYTHON = "/usr/bin/python3";
const PROGRAM = fileURLToPath(new URL("./ftp-server.py", import.meta.url));
const VSFTPD = "/usr/sbin/vsftpd";

/** What the plain server knows. */
const FTP_USER = "station";
export const FTP_PASSWORD = "pa:ss w@rd";

/** Why no FTP server can be run here, with the command that helps; undefined: both can. */
export function ftpServerMissing(): string | undefined {
  const { status } = spawnSync(PYTHON, ["-c", "import pyftpdlib"], { stdio: "ignore" });
  return status === 0 && existsSync(VSFTPD)
    ? undefined
    : "there is no FTP server: sudo apt-get install python3-pyftpdlib vsftpd";
}

export interface FtpServer {
  /** Where files are to be had and put, with the login: `ftp://user:password@127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** pyftpdlib on a directory, with a login. */
export async function ftpServer(dir: string): Promise<FtpServer> {
  const child = spawn(PYTHON, [PROGRAM, dir], { stdio: ["pipe", "pipe", "ignore"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(String(line));
  return {
    url: `ftp://${FTP_USER}:${encodeURIComponent(FTP_PASSWORD)}@127.0.0.1:${port}`,
    port,
    close: async () => {
      const gone = once(child, "exit");
      child.stdin.end();
      await gone;
    },
  };
}

/**
 * vsftpd, which has TLS on both channels and, like real servers, wants the session of the one to be used on the other.
 * Anonymous, below `dir`/pub.
 */
export async function ftpsServer(dir: string, tls: Issued): Promise<FtpServer> {
  const home = mkdtempSync(path.join(tmpdir(), "tapstation-vsftpd-"));
  mkdirSync(path.join(dir, "pub"), { recursive: true });
  // It refuses a root that can be written to.
  chmodSync(dir, 0o555);
  const port = await freePort();
  const settings = {
    listen: "YES",
    listen_address: "127.0.0.1",
    listen_port: port,
    background: "NO",
    run_as_launching_user: "YES",
    seccomp_sandbox: "NO",
    anonymous_enable: "YES",
    no_anon_password: "YES",
    anon_root: dir,
    anon_world_readable_only: "NO",
    anon_upload_enable: "YES",
    write_enable: "YES",
    secure_chroot_dir: dir,
    ssl_enable: "YES",
    allow_anon_ssl: "YES",
    force_anon_logins_ssl: "YES",
    force_anon_data_ssl: "YES",
    require_ssl_reuse: "YES",
    rsa_cert_file: path.join(home, "certificate.pem"),
    rsa_private_key_file: path.join(home, "key.pem"),
  };
  writeFileSync(settings.rsa_cert_file, tls.certificate);
  writeFileSync(settings.rsa_private_key_file, tls.privateKey);
  const file = path.join(home, "vsftpd.conf");
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  const child = spawn(VSFTPD, [file], { stdio: "ignore" });
  await listening(port);
  return {
    url: `ftps://127.0.0.1:${port}/pub`,
    port,
    close: async () => {
      const gone = once(child, "exit");
      child.kill();
      await gone;
      chmodSync(dir, 0o755);
      rmSync(home, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** vsftpd says nothing when it is ready. */
async function listening(port: number): Promise<void> {
  for (let left = 2000; left > 0; left--) {
    const socket = connect(port, "127.0.0.1");
    const there = await new Promise<boolean>((resolve) => {
      socket.on("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
    });
    socket.destroy();
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("vsftpd does not listen");
}
