/* Files to and from other machines, behind the station's port FileTransfer. */
export { Files, type FilesOptions } from "./files.ts";
export { protocolNames } from "./protocols.ts";
