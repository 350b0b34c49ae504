/** The order of docs/architecture.md: each layer may import itself and the layers before it. */
const layers = ['isa', 'machine', 'memory', 'checker', 'language', 'import', 'service', 'features'];
const edges = ['lsp', 'debug', 'cli'];
const anyOf = (names) => `^server/src/(${names.join('|')})/`;

const layerRules = layers.map((layer, index) => ({
  name: `${layer}-knows-only-what-is-below`,
  comment: `server/src/${layer} imports a layer above it.`,
  severity: 'error',
  from: { path: `^server/src/${layer}/` },
  to: {
    path: [
      ...(index + 1 < layers.length ? [anyOf(layers.slice(index + 1))] : []),
      anyOf(['worker', ...edges]),
      '^client/',
    ],
  },
}));

const edgeRules = edges.map((edge) => ({
  name: `${edge}-stands-alone`,
  comment: `server/src/${edge} imports another edge or the client.`,
  severity: 'error',
  from: { path: `^server/src/${edge}/` },
  to: { path: [anyOf(edges.filter((other) => other !== edge)), '^client/'] },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...edgeRules,
    {
      name: 'worker-only-checks',
      comment: 'The thread that checks, and what starts it: the bundle holds the checker and no language.',
      severity: 'error',
      from: { path: '^server/src/worker/' },
      to: {
        path: [anyOf(['language', 'import', 'features', ...edges]), '^client/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'core-is-pure',
      comment: 'A layer below lsp, debug and cli imports Node or a package: it could not run in a web worker.',
      severity: 'error',
      from: { path: anyOf(layers) },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-unknown', 'npm-no-pkg'] },
    },
    {
      name: 'only-client-imports-vscode',
      severity: 'error',
      from: { pathNot: '^client/' },
      to: { path: '^vscode$|^vscode-languageclient|node_modules/(@types/vscode|vscode-languageclient)/' },
    },
    {
      name: 'only-lsp-imports-the-protocol',
      severity: 'error',
      from: { path: '^(server/src|client)/', pathNot: '^server/src/lsp/' },
      to: { path: 'node_modules/vscode-languageserver' },
    },
    {
      name: 'shipped-code-knows-no-test',
      severity: 'error',
      from: { path: '^(server|client)/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test/host|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
