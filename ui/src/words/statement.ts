// The words of what a reviewer states beside the verdict: annotations and attestation. Neutral, and never of what is to
// be seen: each is the name of a field of the report, said in plain words.

import type { Annotation } from '../bindings/Annotation';

const names: Record<Annotation, string> = {
  animeDrawingVirtualHentai: 'Drawn or rendered',
  potentialMeme: 'Shared as a joke, without malice',
  viral: 'Spreading fast',
  possibleSelfProduction: 'Possibly self-made',
  physicalHarm: 'Physical harm',
  violenceGore: 'Violence',
  bestiality: 'Animal involved',
  liveStreaming: 'From a live stream',
  infant: 'Infant or toddler',
  generativeAi: 'The picture itself is AI-made',
};

export const statement = {
  title: 'Stated for the report',
  viewed: 'Viewed in full',
  viewedNo: 'false, nobody has attested to it',
  viewedYes: (who: string, at: string, exif: boolean) =>
    `true${exif ? ', EXIF as well' : ''}, attested by ${who}, ${at} UTC`,
  annotations: 'Annotations',
  none: 'none stated',
  not: (name: string) => `not ${name.charAt(0).toLowerCase()}${name.slice(1)}`,
  names,
  annotate: 'Annotate',
  attest: 'Attest',
  by: (who: string, at: string) => `by ${who}, ${at} UTC`,
  annotating: {
    title: 'Annotations of this file',
    more: 'Optional fields of the report. State only what you know. A field left alone is not stated.',
    ai: 'Where a file was found says nothing about how it was made.',
    not: 'Not stated',
    yes: 'Believed so',
    no: 'Believed not so',
    choose: (name: string) => `${name}: what is stated`,
    act: 'Record the annotations',
    same: 'This is what stands already.',
    done: 'The annotations are recorded.',
    doneMore: 'What stood before stays in the history.',
    withdraw: 'Withdraw them',
    withdrawn: 'The annotations are withdrawn.',
  },
  attesting: {
    title: 'Attest a view of the whole file',
    more: 'Only if you opened the whole file outside Casement, on the authority you name. A veiled view is not a view of the whole file.',
    entire: 'I viewed the entire file, outside the veil.',
    exif: 'I viewed its EXIF data as well.',
    words: 'Where, when, and on whose authority',
    prompt: 'In your words; it goes into the ledger',
    typed: (number: string) => `Type ${number} to attest`,
    act: (number: string) => `Attest for case ${number}`,
    need: {
      entire: 'Opens when the first sentence is true and ticked.',
      words: 'Say where, when, and on whose authority.',
      typed: (number: string) => `Opens when ${number} is typed.`,
    },
    done: 'The attestation is recorded.',
    doneMore: 'It sets fileViewedByEsp for this file, and can be withdrawn.',
    withdraw: 'Withdraw your attestation',
    withdrawn: 'The attestation is withdrawn.',
  },
};
