// provisional

export type HoldFacts = { hold: string, report: string | null, case: number | null, reference: string, askedBy: string, addedBy: string, addedAt: string, leaf: number, liftedAt: string | null, liftedBy: string | null, liftedLeaf: number | null, proposal: number | null, };
