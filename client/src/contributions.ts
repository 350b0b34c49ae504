import { fetchRuleNames } from '../../server/src/checker/rules';
import { defaultSettings } from '../../server/src/lsp/protocol';

/**
 * What the extension contributes to the editor, in one place: the manifest's `contributes` and docs/settings.md are
 * written from here (`npm run generate`), and the client registers its commands by these ids, so that none is misspelt.
 */

export const languageId = 'cmodx';
export const debugType = 'cmodx';
/** The language of herd7's litmus tests. */
export const litmusLanguageId = 'litmus';

interface CommandContribution {
  readonly title: string;
  readonly icon?: string;
  /** When the command palette offers it; `false`: only lenses, views and other code call it. */
  readonly palette: string;
}

const inCmodxEditor = `editorLangId == ${languageId}`;
const inLitmusEditor = `editorLangId == ${litmusLanguageId}`;
const inAnyEditor = `${inCmodxEditor} || ${inLitmusEditor}`;

const commandTable = {
  'cmodx.check': { title: 'Check Now', icon: '$(check-all)', palette: inAnyEditor },
  'cmodx.cancel': { title: 'Cancel Check', icon: '$(stop-circle)', palette: 'cmodx.checking' },
  'cmodx.showTrace': { title: 'Show Verdicts and Traces', icon: '$(list-ordered)', palette: inCmodxEditor },
  'cmodx.debug': { title: 'Debug Shortest Trace', icon: '$(debug-alt)', palette: inCmodxEditor },
  'cmodx.newFromTemplate': { title: 'New Protocol from Template...', palette: 'true' },
  'cmodx.newFromCode': { title: 'New Protocol from ELF or objdump...', palette: 'true' },
  'cmodx.vary': { title: 'Vary Protocol', icon: '$(versions)', palette: inCmodxEditor },
  'cmodx.addExpect': { title: 'Add Variation as Expect', palette: 'false' },
  'cmodx.restartServer': { title: 'Restart Language Server', palette: 'true' },
  'cmodx.showOutput': { title: 'Show Output', palette: 'true' },
  'cmodx.litmus.showStates': { title: 'Show Final States', icon: '$(table)', palette: inLitmusEditor },
  'cmodx.litmus.showWitness': { title: 'Show Witness', icon: '$(list-ordered)', palette: inLitmusEditor },
  'cmodx.litmus.debugWitness': { title: 'Debug Witness', icon: '$(debug-alt)', palette: inLitmusEditor },
  'cmodx.litmus.chooseModel': { title: 'Choose Memory Model and Fetch Rules', palette: inLitmusEditor },
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
      'Check only by the command "CMODX: Check Now".',
    ],
    description: 'When protocols are checked, and litmus tests run.',
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
  'cmodx.litmus.memory': {
    type: 'string',
    default: defaultSettings.litmus.memory,
    enum: ['auto', 'rvwmo', 'tso', 'sc'],
    enumDescriptions: [
      'As each test has it: RVWMO.',
      'RVWMO, the base ISA.',
      'Ztso: total store ordering.',
      'Sequential consistency.',
    ],
    description: 'The memory model that litmus tests are run under.',
  },
  'cmodx.litmus.fetch': {
    type: 'string',
    default: defaultSettings.litmus.fetch,
    enum: ['auto', 'none', ...fetchRuleNames],
    enumDescriptions: [
      '`isa+decode-w` for a test that patches code (`instr:"..."` values, code labels as data), `none` for any other.',
      "Fetch is left out, as herd7's `riscv.cat` does: `fence.i` is then no fence.",
      ...fetchRuleNames.map((name) => `The rules of \`${name}\` (docs/semantics.md).`),
    ],
    description: 'The rules of instruction fetch that litmus tests are run under.',
  },
  'cmodx.trace.server': {
    type: 'string',
    default: 'off',
    enum: ['off', 'messages', 'verbose'],
    enumDescriptions: ['Nothing.', 'Every message.', 'Every message with its contents.'],
    description: 'What is written to the output channel of the messages between the editor and the language server.',
  },
};

/** The values that a setting may have, with what each means. */
export function settingChoices(name: string): readonly { readonly value: string; readonly description: string }[] {
  const { enum: values = [], enumDescriptions = [] } = settings[name] ?? {};
  return values.map((value, index) => ({ value, description: enumDescriptions[index] ?? '' }));
}

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
      {
        id: litmusLanguageId,
        aliases: ['Litmus test', 'litmus'],
        extensions: ['.litmus'],
        configuration: './syntaxes/litmus-language-configuration.json',
      },
    ],
    grammars: [
      { language: languageId, scopeName: 'source.cmodx', path: './syntaxes/cmodx.tmLanguage.json' },
      { language: litmusLanguageId, scopeName: 'source.litmus', path: './syntaxes/litmus.tmLanguage.json' },
    ],
    snippets: [{ language: languageId, path: './syntaxes/snippets.json' }],
    configurationDefaults: {
      // Labels end in primes and the checker's completion is cheap: suggest as one types, never by words of the file.
      [`[${languageId}]`]: { 'editor.wordBasedSuggestions': 'off', 'editor.semanticHighlighting.enabled': true },
    },
    breakpoints: [{ language: languageId }, { language: litmusLanguageId }],
    debuggers: [
      {
        type: debugType,
        label: 'CMODX trace',
        languages: [languageId, litmusLanguageId],
        configurationAttributes: {
          launch: {
            required: ['program'],
            properties: {
              // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own placeholder
              program: { type: 'string', description: 'The file, as a path or a URI.', default: '${file}' },
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
              state: {
                type: 'string',
                description:
                  'The final state of a litmus test to come to, as its table shows it; by default one that the condition asks for.',
              },
              stopOnEntry: {
                type: 'boolean',
                default: true,
                description: 'Stop before the first step, or run to the end.',
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
      'file/newFile': [{ command: 'cmodx.newFromTemplate', group: 'file' }],
      'editor/title': [
        { command: 'cmodx.showTrace', when: inCmodxEditor, group: 'navigation@1' },
        { command: 'cmodx.debug', when: inCmodxEditor, group: '1_run@1' },
        { command: 'cmodx.vary', when: inCmodxEditor, group: '1_run@2' },
        { command: 'cmodx.litmus.showStates', when: inLitmusEditor, group: 'navigation@1' },
        { command: 'cmodx.litmus.debugWitness', when: inLitmusEditor, group: '1_run@1' },
      ],
    },
    keybindings: [
      {
        command: 'cmodx.check',
        key: 'ctrl+alt+enter',
        mac: 'cmd+alt+enter',
        when: `editorTextFocus && (${inAnyEditor})`,
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
