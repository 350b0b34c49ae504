import { isRegisterName } from '../../isa/registers';
import type { LitmusAnalysis } from '../../language/litmus';
import type { RenameResult, RenameStart } from '../rename';
import { spanOf } from '../text';
import { namePlaces, placeAt, placesOf, textAt } from './places';

/** The name at an offset, if it can be renamed, else why not. */
export function prepareLitmusRename(analysis: LitmusAnalysis, offset: number): RenameStart {
  const place = placeAt(analysis, offset);
  if (place?.kind !== 'location' && place?.kind !== 'label') {
    return { refused: 'Only the name of a location or a label can be renamed.' };
  }
  return { span: spanOf(place.source), name: textAt(analysis, place.source) };
}

/** All places of the name at an offset, changed; else why that cannot be. */
export function litmusRename(analysis: LitmusAnalysis, offset: number, newName: string): RenameResult {
  const start = prepareLitmusRename(analysis, offset);
  if ('refused' in start) return start;
  if (!/^[A-Za-z_]\w*$/.test(newName)) return { refused: `\`${newName}\` is no name: letters, digits and \`_\`.` };
  if (isRegisterName(newName)) return { refused: `\`${newName}\` is a register.` };
  const places = placesOf(analysis, offset);
  const taken = namePlaces(analysis).some(
    ({ kind, source }) => kind === places[0]?.kind && textAt(analysis, source) === newName && newName !== start.name,
  );
  if (taken) return { refused: `\`${newName}\` is there already.` };
  return { edits: places.map(({ source }) => ({ source, newText: newName })) };
}
