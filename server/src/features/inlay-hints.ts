import type { Analysis, InstructionInfo } from '../language/analysis';
import { bytesText, hex } from './numbers';
import { overlaps, type Span } from './text';

export interface InlayOptions {
  readonly addresses: boolean;
  readonly bytes: boolean;
}

/** Grey text behind an instruction. */
export interface InlayHint {
  readonly offset: number;
  readonly text: string;
  readonly tooltip: string;
}

function hint(infos: readonly InstructionInfo[], options: InlayOptions, xlen: number): InlayHint[] {
  const [first] = infos;
  if (!first) return [];
  const address = hex(first.address, xlen / 4).slice(2);
  const bytes = infos.map((info) => bytesText(info.bytes)).join(' ');
  const length = infos.reduce((sum, info) => sum + info.bytes.length, 0);
  const parts = [...(options.addresses ? [address] : []), ...(options.bytes ? [bytes] : [])];
  return [
    {
      offset: first.source.end,
      text: parts.join(': '),
      tooltip: `${length} bytes at 0x${address}: ${bytes} (each stored low byte first)`,
    },
  ];
}

/** Where each instruction within `span` stands and how it is encoded, as objdump writes it: `80a00004: 000282e7`. */
export function inlayHints(analysis: Analysis, span: Span, options: InlayOptions): InlayHint[] {
  if (!options.addresses && !options.bytes) return [];
  // A pseudo-instruction may stand for several instructions: they share one place and one hint.
  const byPlace = new Map<number, InstructionInfo[]>();
  for (const info of analysis.instructions) {
    if (info.source.file !== analysis.tree.file || !overlaps(info.source, span)) continue;
    const known = byPlace.get(info.source.start);
    if (known) known.push(info);
    else byPlace.set(info.source.start, [info]);
  }
  return [...byPlace.values()].flatMap((infos) => hint(infos, options, analysis.machine.isa.xlen));
}
