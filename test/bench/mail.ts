/** The mail's protocol, as the example has it and as the benchmark edits it. */
import { example } from '../language/examples';

export const mailPath = 'ftrace/replay-auipc.cmodx';

/** The example's text, with the expectations of all its variants. */
export const mail = example(mailPath);
