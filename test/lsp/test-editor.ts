import { onTestFinished } from 'vitest';
import { Editor } from './editor';

/** An editor for one test, which is stopped when that is over. */
export async function testEditor(options: Parameters<typeof Editor.start>[0] = {}): Promise<Editor> {
  const editor = await Editor.start(options);
  onTestFinished(() => editor.stop());
  return editor;
}
