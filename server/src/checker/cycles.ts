/** The nodes of a directed graph that lie on a cycle (Tarjan's strongly connected components, without recursion). */
export function findCycles(nodes: number, edges: readonly { readonly from: number; readonly to: number }[]): number[] {
  const out: number[][] = Array.from({ length: nodes }, () => []);
  const cyclic = new Set<number>();
  for (const { from, to } of edges) {
    out[from]?.push(to);
    if (from === to) cyclic.add(from);
  }
  const index = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const onStack = new Uint8Array(nodes);
  const stack: number[] = [];
  let counter = 0;
  for (let root = 0; root < nodes; root++) {
    if (index[root] !== -1 || (out[root]?.length ?? 0) === 0) continue;
    const work: { node: number; edge: number }[] = [{ node: root, edge: 0 }];
    while (work.length > 0) {
      const top = work[work.length - 1];
      if (top === undefined) break;
      const { node } = top;
      if (top.edge === 0) {
        index[node] = low[node] = counter++;
        stack.push(node);
        onStack[node] = 1;
      }
      const next = out[node]?.[top.edge++];
      if (next !== undefined) {
        if (index[next] === -1) work.push({ node: next, edge: 0 });
        else if (onStack[next]) low[node] = Math.min(low[node] ?? 0, index[next] ?? 0);
        continue;
      }
      if (low[node] === index[node]) {
        const component: number[] = [];
        for (;;) {
          const member = stack.pop();
          if (member === undefined) break;
          onStack[member] = 0;
          component.push(member);
          if (member === node) break;
        }
        if (component.length > 1) for (const member of component) cyclic.add(member);
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent) low[parent.node] = Math.min(low[parent.node] ?? 0, low[node] ?? 0);
    }
  }
  return [...cyclic].sort((a, b) => a - b);
}
