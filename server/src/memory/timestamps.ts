/** The view rules over timestamps: where memory is one sequence, a view is how far into it a hart has seen. */
import { type HartViews, viewRules } from './views';

export type TimestampViews = HartViews<number>;
export const timestampRules = viewRules<number>({ bottom: 0, join: Math.max });
