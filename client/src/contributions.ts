import { defaultSettings } from '../../server/src/lsp/protocol';

/**
 * What the extension contributes to the editor, in one place: the manifest's `contributes` and docs/settings.md are
 * written from here (`npm run generate`), and the client registers its commands by these ids, so that none is misspelt.
 */

export const languageId = 'cmodx';
export const debugType = 'cmodx';

interface CommandContribution {
  readonly title: string;
  readonly icon?: string;
  /** When the command palette offers it; `false`: only lenses, views and other code call it. */
  readonly palette: string;
}

const inCmodxEditor = `editorLangId == ${languageId}`;

const commandTable = {
  'cmodx.check': { title: 'Check Protocols', icon: '$(check-all)', palette: inCmodxEditor },
  'cmodx.cancel': { title: 'Cancel Check', icon: '$(stop-circle)', palette: 'cmodx.checking' },
  'cmodx.showTrace': { title: 'Show Verdicts and Traces', icon: '$(list-ordered)', palette: inCmodxEditor },
  'cmodx.debug': { title: 'Debug Shortest Trace', icon: '$(debug-alt)', palette: inCmodxEditor },
  'cmodx.restartServer': { title: 'Restart Language Server', palette: 'true' },
  'cmodx.showOutput': { title: 'Show Output', palette: 'true' },
  'cmodx.reveal': { title: 'Go to Place in Trace', palette: 'false' },
} as const satisfies Record<string, CommandContribution>;

export type CommandId = keyof typeof commandTable;
const commands: Readonly<Record<CommandId, CommandContribution>> = commandTable;

interface SettingContribution {
  readonly type: 'string' | 'integer';
  readonly default: string | number;
  readonly description: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const settings: Readonly<Record<string, SettingContribution>> = {
  'cmodx.check.run': {
    type: 'string',
    default: defaultSettings.check.run,
    enum: ['onType', 'onSave', 'onCommand'],
    enumDescriptions: [
      'Check after every edit. An edit stops the check that is under way.',
      'Check when a file is opened or saved.',
      'Check only by the command "CMODX: Check Protocols".',
    ],
    description: 'When protocols are checked.',
  },
  'cmodx.limits.maxStates': {
    type: 'integer',
    default: defaultSettings.limits.maxStates,
    minimum: 1_000,
    maximum: 100_000_000,
    description: 'A check that explores more states than this ends as inconclusive, never as safe.',
  },
  'cmodx.limits.maxSeconds': {
    type: 'integer',
    default: defaultSettings.limits.maxSeconds,
    minimum: 1,
    maximum: 3_600,
    description: 'A check that takes longer than this ends as inconclusive, never as safe.',
  },
  'cmodx.limits.maxMemoryMb': {
    type: 'integer',
    default: defaultSettings.limits.maxMemoryMb,
    minimum: 64,
    maximum: 16_384,
    description: 'A check whose worker needs more memory than this, in MB, ends as inconclusive, never as safe.',
  },
  'cmodx.trace.server': {
    type: 'string',
    default: 'off',
    enum: ['off', 'messages', 'verbose'],
    enumDescriptions: ['Nothing.', 'Every message.', 'Every message with its contents.'],
    description: 'What is written to the output channel of the messages between the editor and the language server.',
  },
};

/** The manifest's `contributes`, plain JSON. */
export function contributes(): Record<string, unknown> {
  return {
    languages: [
      {
        id: languageId,
        aliases: ['CMODX', 'cmodx'],
        extensions: ['.cmodx'],
        configuration: './syntaxes/language-configuration.json',
        icon: { light: './syntaxes/icons/cmodx-light.svg', dark: './syntaxes/icons/cmodx-dark.svg' },
      },
    ],
    grammars: [{ language: languageId, scopeName: 'source.cmodx', path: './syntaxes/cmodx.tmLanguage.json' }],
    snippets: [{ language: languageId, path: './syntaxes/snippets.json' }],
    configurationDefaults: {
      // Labels end in primes and the checker's completion is cheap: suggest as one types, never by words of the file.
      [`[${languageId}]`]: { 'editor.wordBasedSuggestions': 'off', 'editor.semanticHighlighting.enabled': true },
    },
    breakpoints: [{ language: languageId }],
    debuggers: [
      {
        type: debugType,
        label: 'CMODX trace',
        languages: [languageId],
        configurationAttributes: {
          launch: {
            required: ['program', 'protocol'],
            properties: {
              // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own placeholder
              program: { type: 'string', description: 'The .cmodx file, as a path or a URI.', default: '${file}' },
              protocol: { type: 'string', description: 'The protocol whose trace is stepped through.' },
              when: {
                type: ['string', 'null'],
                default: null,
                description:
                  'The "when" of the variant, as the expect line writes it; null for the protocol as it stands.',
              },
              violation: {
                type: 'integer',
                minimum: 0,
                default: 0,
                description: 'Which of the violations found, counted from 0.',
              },
              stopOnEntry: {
                type: 'boolean',
                default: true,
                description: 'Stop before the first step, or run to the violation.',
              },
            },
          },
        },
      },
    ],
    commands: Object.entries(commands).map(([command, { title, icon }]) => ({
      command,
      title,
      category: 'CMODX',
      ...(icon === undefined ? {} : { icon }),
    })),
    menus: {
      commandPalette: Object.entries(commands)
        .filter(([, { palette }]) => palette !== 'true')
        .map(([command, { palette }]) => ({ command, when: palette })),
      'editor/title': [
        { command: 'cmodx.showTrace', when: inCmodxEditor, group: 'navigation@1' },
        { command: 'cmodx.debug', when: inCmodxEditor, group: '1_run@1' },
      ],
    },
    keybindings: [
      {
        command: 'cmodx.check',
        key: 'ctrl+alt+enter',
        mac: 'cmd+alt+enter',
        when: `editorTextFocus && ${inCmodxEditor}`,
      },
    ],
    configuration: {
      title: 'CMODX',
      properties: Object.fromEntries(
        Object.entries(settings).map(([name, { enum: values, enumDescriptions, description, ...rest }]) => [
          name,
          {
            ...rest,
            ...(values === undefined ? {} : { enum: values, enumDescriptions }),
            markdownDescription: description,
            scope: name === 'cmodx.trace.server' ? 'window' : 'resource',
          },
        ]),
      ),
    },
  };
}

/** docs/settings.md, whole. */
export function settingsPage(): string {
  const lines = [
    '# Settings and commands',
    '',
    'Written by `npm run generate` from `client/src/contributions.ts`.',
    '',
    '## Settings',
    '',
  ];
  for (const [name, setting] of Object.entries(settings)) {
    lines.push(`### \`${name}\``, '', setting.description, '', `Default: \`${JSON.stringify(setting.default)}\`.`);
    if (setting.minimum !== undefined) lines.push(`From ${setting.minimum} to ${setting.maximum}.`);
    if (setting.enum) {
      lines.push('', ...setting.enum.map((value, i) => `- \`"${value}"\`: ${setting.enumDescriptions?.[i] ?? ''}`));
    }
    lines.push('');
  }
  lines.push('## Commands', '', '| Command | Id |', '| --- | --- |');
  for (const [id, { title, palette }] of Object.entries(commands)) {
    if (palette !== 'false') lines.push(`| CMODX: ${title} | \`${id}\` |`);
  }
  return `${lines.join('\n')}\n`;
}
