/** How large cmodx.vsix may be, in bytes: the instruction tables are in it four times, for each kind of host. */
export const largestPackage = 1.5 * 1024 * 1024;
