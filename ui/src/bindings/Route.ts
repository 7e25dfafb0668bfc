// provisional

export type Route = "cybertip" | "cybertip-form" | "nca" | "hotline" | "law-enforcement";
