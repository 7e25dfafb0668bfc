// provisional
import type { PackageGrouping } from "./PackageGrouping";

export type GroupingFacts = { grouping: PackageGrouping, rule: string, sources: number, files: number, largest: number, reports: number, };
