import { example } from './language/examples';

const whole = example('ftrace/replay-auipc.cmodx');
const declared = whole.slice(whole.indexOf('symbol '), whole.indexOf('//'));
const handler = /^on trap return .*\n/m.exec(whole)?.[0] ?? '';
const steps = [...whole.matchAll(/^ {2}step .*\n/gm)].map(([line]) => line).join('');

/** The mail's protocol, its variations left out: `more` stands at the end of the protocol's block. */
export function mail(more = 'expect safe, effective', machine = ''): string {
  return `${machine}
${declared}${handler}
protocol replay patches entry from old to new {
${steps}  executors any preemptible
  ${more}
}
`;
}
