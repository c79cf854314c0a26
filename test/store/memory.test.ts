import { memoryStore } from "../../src/store/memory.ts";
import { storeContract } from "../contracts/store.ts";

storeContract("memory", () => ({ store: memoryStore(), dispose: () => undefined }));
