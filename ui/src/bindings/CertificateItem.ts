// provisional

export type CertificateItem = { case: number, sha256: string, sha1: string, md5: string, blake3: string, size: number, wasSealed: boolean, };
