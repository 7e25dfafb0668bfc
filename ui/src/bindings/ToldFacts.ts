// provisional

export type ToldFacts = { leaf: number, at: string, by: string, sentence: string, cases: number, };
