import type { Connection } from 'vscode-languageserver';
import { ImportError, importText, newText, type Program, placesFor, readProgram, templateOf } from '../import';
import {
  type ImportAnswer,
  type ImportProgram,
  importRequest,
  newProtocolRequest,
  type OpenProgram,
  type OpenProgramAnswer,
  openProgramRequest,
} from './protocol';

/** An editor's list is no help beyond this. */
const mostPlaces = 10_000;

/** Answers what the commands for new protocols ask. One program is kept: it may be large. */
export function registerImport(connection: Connection): void {
  let opened: { readonly program: Program; readonly name: string } | null = null;

  connection.onRequest(newProtocolRequest, ({ template: name }: { template: string }): string | null => {
    const template = templateOf(name);
    return template === null ? null : newText(template);
  });
  connection.onRequest<OpenProgramAnswer, void>(
    openProgramRequest,
    ({ name, content, template: wanted }: OpenProgram) => {
      opened = null;
      return toldOr((): OpenProgramAnswer => {
        const template = templateOf(wanted);
        if (template === null) return { problem: `there is no template ${wanted}` };
        const program = readProgram(bytesOf(content));
        opened = { program, name };
        const { names, more } = placesFor(program, template, mostPlaces);
        // Asking for the first place tells what is missing.
        if (names.length === 0) importText(program, name, template, null);
        return { places: names, more };
      });
    },
  );
  connection.onRequest<ImportAnswer, void>(importRequest, ({ template: wanted, place }: ImportProgram) => {
    return toldOr((): ImportAnswer => {
      const template = templateOf(wanted);
      if (template === null || opened === null) return { problem: 'no program is open' };
      return { text: importText(opened.program, opened.name, template, place) };
    });
  });
}

/** What is wrong with a file is an answer, not a failure of ours. */
function toldOr<T>(answer: () => T): T | { readonly problem: string } {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ImportError) return { problem: error.message };
    throw error;
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
