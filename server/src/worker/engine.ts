import { check } from '../checker';
import { findWitness, runLitmus } from '../checker/litmus';
import type { Engine } from '../service/job';

/** All that the checker's threads can be asked, in one place for Node and the browser. */
export const engine: Engine = { check, runLitmus, findWitness };
