// provisional

export type Annotation = "animeDrawingVirtualHentai" | "potentialMeme" | "viral" | "possibleSelfProduction" | "physicalHarm" | "violenceGore" | "bestiality" | "liveStreaming" | "infant" | "generativeAi";
