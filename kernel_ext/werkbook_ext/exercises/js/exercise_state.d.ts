// What the kernel tells of an exercise: the traits of its widget.

import type { CardState } from "../../cards/js/card_state.d.ts";

/** One check, and the exchange that it asked for. */
export interface CheckLine {
  source: string;
  state: string;
  is_done: boolean;
  note: string;
  words: string;
  card: CardState | null;
}

/** The trait `state`. */
export interface ExerciseState {
  title: string;
  html: string;
  summary: string;
  count: number;
  done: number;
  is_done: boolean;
  lines: CheckLine[];
  hints: string[];
  steps: string[];
  /** The words of the card, in the language of its reader. */
  words: Record<string, string>;
}
