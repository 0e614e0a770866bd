/** Built with fflate's code inside: the package needs no other at run time. */
export { inflateSync } from "fflate";
