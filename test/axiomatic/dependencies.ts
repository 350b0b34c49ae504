/**
 * Syntactic dependencies (RVWMO, "Syntactic Dependencies", and the listing of source and destination registers):
 * for each register the memory operations whose results it carries.
 */
import type { Expr } from '../../server/src/machine';
import type { Dependency } from './events';

export const none: Dependency = new Set();

export function union(a: Dependency, b: Dependency): Dependency {
  if (a.size === 0) return b;
  return b.size === 0 ? a : new Set([...a, ...b]);
}

/** What an expression depends on, by the registers that it names; its value plays no part. */
export function dependencyOf(expr: Expr, carried: readonly Dependency[]): Dependency {
  switch (expr.k) {
    case 'const':
    case 'pc':
      return none;
    case 'reg':
      return carriedBy(expr.reg, carried);
    case 'un':
      return dependencyOf(expr.a, carried);
    case 'bin':
      return union(dependencyOf(expr.a, carried), dependencyOf(expr.b, carried));
  }
}

/** x0 is never a source register. */
const carriedBy = (register: number, carried: readonly Dependency[]): Dependency =>
  register === 0 ? none : (carried[register] ?? none);
