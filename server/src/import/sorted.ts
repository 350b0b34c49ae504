/** How many elements at the beginning hold; those that hold come first. */
export function countWhile<T>(sorted: ArrayLike<T>, holds: (element: T) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // An index within the length has an element, even where T may be undefined.
    if (holds(sorted[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
