/** `npm run bench`: how fast, against whom. `npm run bench -- --help` tells the options. */
import { ensureDependencies } from './lib/dependencies.mjs';
import { importTs } from './lib/import-ts.mjs';

await ensureDependencies();
const { main } = await importTs('test/bench/main.ts');
process.exitCode = await main(process.argv.slice(2));
