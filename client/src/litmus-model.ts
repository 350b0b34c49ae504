import * as vscode from 'vscode';
import { settingChoices } from './contributions';

type Setting = 'cmodx.litmus.memory' | 'cmodx.litmus.fetch';

async function choose(setting: Setting, placeHolder: string): Promise<boolean> {
  const configuration = vscode.workspace.getConfiguration();
  const current = configuration.get<string>(setting);
  const items = settingChoices(setting).map(({ value, description }) => ({
    label: value,
    description: value === current ? 'as it is' : '',
    detail: description.replaceAll('`', ''),
  }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true });
  if (!chosen) return false;
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  if (chosen.label !== current) await configuration.update(setting, chosen.label, target);
  return true;
}

/** Asks for the model that litmus tests are run under, and sets it for the workspace. */
export async function chooseModel(): Promise<void> {
  const next = await choose('cmodx.litmus.memory', 'Which data memory model?');
  if (next) await choose('cmodx.litmus.fetch', 'Which rules of instruction fetch?');
}
