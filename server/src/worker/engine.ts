import { check } from '../checker';
import type { Engine } from '../service/job';

const pending = (): never => {
  throw new Error('litmus tests cannot be run yet');
};

/** All that the checker's threads can be asked, in one place for Node and the browser. */
export const engine: Engine = { check, runLitmus: pending, findWitness: pending };
