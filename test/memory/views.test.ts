import { expect, it } from 'vitest';
import { viewRules } from '../../server/src/memory/views';
import { namedViews, violated } from './protocol-rules';

it('the view rules for devices, threads and accesses without a fetch are those of docs/semantics.md', () => {
  expect(violated(viewRules(namedViews))).toEqual([]);
});
