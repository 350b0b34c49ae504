/** What the instructions of a pass see of memory: declared data by messages, and the thread's own. */
import { type MessageSet, none } from '../memory/order';
import {
  afterBranch,
  afterFence,
  afterFenceI,
  afterFetch,
  afterRead,
  afterWrite,
  readBound,
  recloseViews,
  writeBound,
} from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import type { Hand } from './moves';
import type { PassMemory } from './pass';
import type { Reading, Readings } from './readings';
import { alignedParts } from './stores';
import { numberOf } from './versions';

export const passMemory = (rules: MemoryRules, readings: Readings): PassMemory<Hand> => ({
  load: (hand, address, size, addressView) => {
    // A misaligned load reads its aligned parts one by one, in any order: they are not ordered among themselves.
    let partial: { readonly value: bigint | 'freed'; readonly view: MessageSet; readonly hart: Hand }[] = [
      { value: 0n, view: none, hart: hand },
    ];
    for (const piece of alignedParts(address, size, 8))
      partial = partial.flatMap((so) =>
        loadPart(rules, readings, so.hart, piece.address, piece.size, addressView).map((part) => ({
          value:
            so.value === 'freed' || part.value === 'freed'
              ? 'freed'
              : so.value | (part.value << (8n * (piece.address - address))),
          view: so.view | part.view,
          hart: part.hart,
        })),
      );
    return partial;
  },
  fetch: (hand, address, size) => {
    let partial: { readonly value: bigint | 'freed'; readonly hart: Hand }[] = [{ value: 0n, hart: hand }];
    for (const piece of alignedParts(address, size, rules.ziccif ? 4 : 2))
      partial = partial.flatMap((so) =>
        readings.of(so.hart.order, piece.address, piece.size, so.hart.views.vI, none).map((reading) => {
          const part = byteValue(reading.bytes);
          const views = afterFetch(rules, recloseViews(reading.order, so.hart.views), reading.post);
          return {
            value:
              so.value === 'freed' || part === 'freed'
                ? 'freed'
                : so.value | (part << (8n * (piece.address - address))),
            hart: {
              ...so.hart,
              order: reading.order,
              views,
              fetched: so.hart.fetched | reading.post,
              loads: [...so.hart.loads, reading.seen],
              unseen: so.hart.unseen | (readings.over(piece.address, piece.size) & ~reading.seen),
            },
          };
        }),
      );
    return partial;
  },
  own: (hand, access, operands) => {
    const { views } = hand;
    if (access === 'read') {
      const post = readBound(rules, views, operands) | hand.fetched;
      return { view: post, hart: { ...hand, views: afterRead(rules, views, operands, none, post, false) } };
    }
    const post = writeBound(rules, views, operands | hand.fetched, false);
    return { view: post, hart: { ...hand, views: afterWrite(views, none, post) } };
  },
  fence: (hand, { pred, succ, tso }) => ({ ...hand, views: afterFence(hand.views, pred, succ, tso) }),
  fenceI: (hand) => ({ ...hand, views: afterFenceI(rules, hand.views) }),
  branch: (hand, operands) => ({ ...hand, views: afterBranch(hand.views, operands) }),
});

function loadPart(
  rules: MemoryRules,
  readings: Readings,
  hand: Hand,
  address: bigint,
  size: number,
  addressView: MessageSet,
): { value: bigint | 'freed'; view: MessageSet; hart: Hand }[] {
  const bound = readBound(rules, hand.views, addressView) | hand.fetched;
  return readings.of(hand.order, address, size, bound, hand.views.coh).map((reading) => ({
    value: byteValue(reading.bytes),
    view: reading.post,
    hart: {
      ...hand,
      order: reading.order,
      views: afterRead(rules, recloseViews(reading.order, hand.views), addressView, reading.seen, reading.post, false),
      loads: [...hand.loads, reading.seen],
      unseen: hand.unseen | (readings.over(address, size) & ~reading.seen),
    },
  }));
}

const byteValue = (bytes: Reading['bytes']): bigint | 'freed' =>
  bytes.includes('freed') ? 'freed' : numberOf(bytes.map((byte) => (typeof byte === 'number' ? byte : 0)));
