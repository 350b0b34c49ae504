import { expect, test } from 'vitest';
import { contributes } from '../../client/src/contributions';
import { defaultSettings, lensCommands } from '../../server/src/lsp/protocol';

interface Manifest {
  readonly commands: readonly { readonly command: string }[];
  readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
}
const manifest = contributes() as unknown as Manifest;

test('the settings that the server reads are those of the manifest, with the same defaults', () => {
  const groups: Readonly<Record<string, object>> = { ...defaultSettings };
  const read = Object.entries(groups).flatMap(([group, values]) =>
    Object.entries(values).map(([name, value]: [string, unknown]) => [`cmodx.${group}.${name}`, value]),
  );
  const { properties } = manifest.configuration;
  const declared = Object.entries(properties).filter(([name]) => name !== 'cmodx.trace.server');
  expect(Object.fromEntries(declared.map(([name, setting]) => [name, setting.default]))).toEqual(
    Object.fromEntries(read),
  );
});

test('the commands of the lenses are contributed', () => {
  const commands = manifest.commands.map(({ command }) => command);
  expect(commands).toEqual(expect.arrayContaining(Object.values(lensCommands)));
});
