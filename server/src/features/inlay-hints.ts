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

function hint(info: InstructionInfo, options: InlayOptions, xlen: number): InlayHint {
  const address = hex(info.address, xlen / 4).slice(2);
  const bytes = bytesText(info.bytes);
  const parts = [...(options.addresses ? [address] : []), ...(options.bytes ? [bytes] : [])];
  return {
    offset: info.source.end,
    text: parts.join(': '),
    tooltip: `${info.bytes.length} bytes at 0x${address}: ${bytes}, little-endian in memory`,
  };
}

/** Where each instruction within `span` stands and how it is encoded, as objdump writes it: `80a00004: 000282e7`. */
export function inlayHints(analysis: Analysis, span: Span, options: InlayOptions): InlayHint[] {
  if (!options.addresses && !options.bytes) return [];
  return analysis.instructions
    .filter(({ source }) => source.file === analysis.tree.file && overlaps(source, span))
    .map((info) => hint(info, options, analysis.machine.isa.xlen));
}
