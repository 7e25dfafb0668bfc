// provisional

export type ObligationState = "can-be-undone" | "unreported" | "sealed" | "waits-for-second" | "approved" | "kept" | "held" | "ended";
