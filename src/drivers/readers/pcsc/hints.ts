/** What a person should do, per trouble: commands that were tried on Debian 12, words elsewhere. */
const linux = process.platform === "linux";

export const hints = {
  package: linux
    ? "sudo apt-get install pcscd libpcsclite-dev g++ make python3 && npm install --include=optional && npm rebuild @pokusew/pcsclite, then start again."
    : "npm install --include=optional && npm rebuild @pokusew/pcsclite (it needs a C++ compiler and Python 3), then start again.",
  daemon: linux
    ? "Start it: sudo systemctl start pcscd.socket (not installed? sudo apt-get install pcscd). The reader is used as soon as it answers."
    : "Start the system's smart card service. The reader is used as soon as it answers.",
  silent: linux
    ? "Restart it: sudo systemctl restart pcscd. The reader is used as soon as it answers."
    : "Restart the system's smart card service, or plug the reader out and in.",
  denied: linux
    ? "Give this user the polkit actions org.debian.pcsc-lite.access_pcsc and access_card (a rule in /etc/polkit-1/rules.d), or start this program in a desktop session or as root."
    : "Give this user access to the system's smart card service.",
  noReader: linux
    ? "Plug a PC/SC reader in; it is used at once. It is plugged in? See pcsc_scan (package pcsc-tools); an ACR122U needs: sudo modprobe -r pn533_usb pn533 nfc."
    : "Plug a PC/SC reader in; it is used at once.",
  unplugged: "Plug the reader in again; it is used at once.",
  busy: linux
    ? "End the program that uses it (pcsc_scan, a browser, gpg's scdaemon: gpgconf --kill scdaemon); it is used as soon as it is free."
    : "End the program that uses it; it is used as soon as it is free.",
  slept: "Nothing to do: they are used as soon as they answer.",
  retry: "Try again; if it goes on, plug the reader out and in.",
  escape:
    "Allow escape commands: set ifdDriverOptions to 0x0001 in libccid's Info.plist (Debian: /etc/libccid_Info.plist) and restart pcscd; or use another buzzer.",
} as const;
