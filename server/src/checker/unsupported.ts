/** Something in the scenario is decoded or written but not decided: the check is inconclusive, by name. */
export class Unsupported extends Error {}
