/** What one does to the mail's protocol in an editor, as a script that can be played any number of times. */

/** Replaces the first occurrence of `from`. */
export interface Edit {
  readonly kind: string;
  /** The protocol's verdict after it. */
  readonly verdict: 'safe' | 'unsafe';
  /** Whether the protocol as it stands then has not been checked before. */
  readonly searched: boolean;
  readonly from: string;
  readonly to: string;
}

/** The first address that the text has, and the next ones: with each, every check is a new one. */
const symbol = (round: number): string => `symbol old_tramp = 0xffffffff800${(0x12000 + round * 0x40).toString(16)}`;

/** One round of edits: it leaves the text as it was but for the address, and nothing is wrong with the text between. */
export function editsOf(round: number): readonly Edit[] {
  const fixup = 'on trap return to entry+4 if';
  const redirect = 'write JUMP   ; fence w,w ; sync fence.i';
  const noFence = 'write JUMP   ; sync fence.i';
  const noSync = 'write JUMP   ; fence w,w ;';
  return [
    { kind: 'another address', verdict: 'safe', searched: true, from: symbol(round), to: symbol(round + 1) },
    { kind: 'a comment', verdict: 'safe', searched: false, from: '# Teaches:', to: '# It teaches:' },
    { kind: 'the comment undone', verdict: 'safe', searched: false, from: '# It teaches:', to: '# Teaches:' },
    { kind: 'the fix-up out', verdict: 'unsafe', searched: true, from: fixup, to: `// ${fixup}` },
    { kind: 'the fix-up back', verdict: 'safe', searched: false, from: `// ${fixup}`, to: fixup },
    { kind: 'a fence out', verdict: 'unsafe', searched: true, from: redirect, to: noFence },
    { kind: 'the fence back', verdict: 'safe', searched: false, from: noFence, to: redirect },
    { kind: 'a sync out', verdict: 'unsafe', searched: true, from: `${noSync} sync fence.i`, to: noSync },
    { kind: 'the sync back', verdict: 'safe', searched: false, from: noSync, to: `${noSync} sync fence.i` },
  ];
}
