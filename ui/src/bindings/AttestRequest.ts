// provisional

export type AttestRequest = { case: number, entire: boolean, exif: boolean, statement: string, confirm: string, };
