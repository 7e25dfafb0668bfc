// provisional
import type { PackageStep } from "./PackageStep";

export type PackageProgress = { report: string, step: PackageStep, done: number, total: number, perSecond: number | null, leftMs: number | null, };
