import type { Histogram, Reach, Summary } from '../import';

const count = (number: number): string => number.toLocaleString('en-US');

/** `12 (30 %)` */
const share = (part: number, whole: number): string =>
  `${count(part)} (${((100 * part) / whole).toLocaleString('en-US', { maximumFractionDigits: 1 })} %)`;

/** `cmodx import --all` for people. */
export function summaryText(summary: Summary, file: string): string {
  const { where, entries, shapes, torn, firstTorn, reach } = summary;
  const lines = [
    `${file}: ${count(entries)} patchable entries in ${where}`,
    ...shapes.map(
      ({ before, length, entries: some }) =>
        `  ${count(some)} with ${before} bytes before the entry and ${length} from it on`,
    ),
    ...histogram(4, summary.mod4, entries),
    ...histogram(8, summary.mod8, entries),
    torn === 0
      ? summary.mod4.open === entries
        ? '  which of them would be torn, the linker decides'
        : '  none would be torn: a 4-byte store to each is one store'
      : `  ${share(torn, entries)} would be torn: a 4-byte store there is two stores; the first is ${firstTorn}`,
    ...(reach === null ? [] : reachLines(reach, entries)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function histogram(modulus: number, { remainders, open }: Histogram, entries: number): string[] {
  const lines = Object.entries(remainders).map(
    ([remainder, some]) => `  at ${remainder} mod ${modulus}: ${share(some, entries)}`,
  );
  if (open > 0) lines.push(`  mod ${modulus} not known before it is linked: ${share(open, entries)}`);
  return lines;
}

function reachLines(
  { target, base, encodable, withoutAuipc, first, wrongByDistance }: Reach,
  entries: number,
): string[] {
  const lines = [
    `reach of ${target} by rewriting only the JALR, each AUIPC made for ${base}:`,
    `  ${share(encodable, entries)} can encode it`,
  ];
  if (withoutAuipc > 0) lines.push(`  ${share(withoutAuipc, entries)} are too far from ${base} for an AUIPC`);
  if (first !== null) {
    lines.push(
      `  the first that cannot: ${first.entry}; its AUIPC makes ${first.auipc}, and ${first.immediate} is no immediate of a JALR:`,
      `  with its low 12 bits it would call ${first.calls}`,
    );
  }
  lines.push(`  a check by distance (target - ${base} within 2047) is wrong for ${count(wrongByDistance)}`);
  return lines;
}

/** `cmodx import --all --json`: one line. */
export function summaryJson(summary: Summary, file: string): string {
  return `${JSON.stringify({ version: 1, file, ...summary })}\n`;
}
