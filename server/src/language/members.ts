import type { Progression } from '../checker/scenario';
import { furthest } from './placement';

/** Addresses from `first` up to, and not including, `end`; why there are none, in words. */
export function progression(first: bigint, end: bigint, step: bigint): Progression | string {
  if (end <= first) return 'the end is not above the first address';
  const count = (end - first + step - 1n) / step;
  if (count > furthest) return `there are more than 2^40 addresses in this range`;
  return { first, step, count: Number(count) };
}
