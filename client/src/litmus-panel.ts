import * as vscode from 'vscode';
import type { WitnessId } from '../../server/src/lsp/protocol';
import { litmusPage } from './litmus-page';
import type { Server } from './server';
import { SidePanel } from './side-panel';

/** The panel beside the editor with a litmus test's final states and a witness. One panel; it follows the text. */
export class LitmusPanel implements vscode.Disposable {
  private readonly panel = new SidePanel<WitnessId>('cmodx.litmus', [
    'cmodx.reveal',
    'cmodx.litmus.showWitness',
    'cmodx.litmus.debugWitness',
  ]);
  private readonly subscription: { dispose(): void };

  constructor(private readonly server: Server) {
    this.subscription = server.onStatus(({ uri, state }) => {
      if (this.panel.shown?.uri === uri && state !== 'checking') void this.render();
    });
  }

  /** Opens the panel on a file's states, or turns it to them. */
  async showStates(uri: string): Promise<void> {
    await this.show({ uri, state: null });
  }

  /** The same with the witness of a state; null for the one that the condition makes one ask for. */
  async showWitness({ uri, state }: WitnessId): Promise<void> {
    await this.show({ uri, state: state ?? (await this.server.litmus(uri))?.wanted ?? null });
  }

  private async show(id: WitnessId): Promise<void> {
    this.panel.show(id);
    await this.render();
  }

  private async render(): Promise<void> {
    const id = this.panel.shown;
    if (!id) return;
    const answer = await this.server.litmus(id.uri);
    if (!answer) {
      this.panel.close(id);
      return;
    }
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(id.uri));
    // A state that the text as it stands does not end in has no witness to look for.
    const chosen = answer.states.some(({ text }) => text === id.state) ? id.state : null;
    const title = answer.name ?? file;
    this.panel.set(id, title, litmusPage({ file, answer, chosen, witness: null }));
    if (chosen === null) return;
    const witness = await this.server.witness({ uri: id.uri, state: chosen });
    if (witness?.version === answer.version) this.panel.set(id, title, litmusPage({ file, answer, chosen, witness }));
  }

  dispose(): void {
    this.subscription.dispose();
    this.panel.dispose();
  }
}
