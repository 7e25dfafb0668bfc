// provisional

export type TriedInput = { case: number | null, source: string | null, dataset: string | null, sentence: string, };
