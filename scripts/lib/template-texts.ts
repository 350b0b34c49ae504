import { templateTable } from '../../server/src/import/template-table';
import { example } from '../../test/language/examples';

/** server/src/import/template-texts.json: the examples that are templates, by path. */
export function templateTexts(): string {
  const paths = templateTable.flatMap((row) => [row.example, ...(row.short === undefined ? [] : [row.short])]);
  return `${JSON.stringify(Object.fromEntries(paths.map((path) => [path, example(path)])), null, 2)}\n`;
}
