export type * from "./api.js";
export { ElectionGuardError } from "./error.js";
export type { Kernel } from "./module.js";
export type * from "./record_types.js";
export type * from "./types.js";
