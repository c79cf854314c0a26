import { defineCommand } from "../command.ts";
export const command = defineCommand({
  describe: "",
  async run() {
    return 0;
  },
});
