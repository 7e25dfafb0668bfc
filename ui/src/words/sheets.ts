// The words of palette, keys, machine and the lock notice.

export const palette = {
  name: 'Palette',
  prompt: 'Command, view or case number',
  commands: 'Commands',
  views: 'Views',
  cases: 'Cases',
  openCase: (n: string) => `Open case ${n}`,
  none: 'Nothing fits.',
  theme: 'Turn the theme: dark or light',
  system: 'Follow the theme of the system',
  verify: 'Verify the ledger',
  machine: 'What this machine can do',
  takeNext: 'Claim the next case of this queue',
  queueEnd: 'No case is left to claim in this queue.',
  needsCase: 'needs a case',
  needsClaim: 'needs a claimed case',
  needsDraft: 'needs your draft',
  needsReview: 'only in Review',
};

export const keys = {
  name: 'Keys',
  intro: 'Inert while typing. Nothing irreversible is on a bare key. Choose a key to change it.',
  groups: {
    move: 'Move',
    look: 'Look',
    decide: 'Decide',
    classify: 'Classify',
    console: 'Console',
  },
  press: 'press a key',
  taken: (what: string) => `already: ${what}`,
  letters: 'Keys of one character work',
  peek: 'Holding the level key is a peek',
  reset: 'Keys of the design',
  close: 'Close',
  change: (what: string) => `: ${what}. Change`,
  fixed: 'Ctrl 1 to 9 open views, Esc leaves a field, Tab goes to the next control.',
};

export const machine = {
  name: 'What this machine can do',
  intro: 'Tried just now. Without a confined airlock no level above hash-only exists.',
  ok: 'No finding',
  bad: 'Does not work here',
  trying: 'Trying',
};

export const idle = {
  region: 'Lock notice',
  title: (left: string) => `The console locks in ${left}.`,
  text: 'Press any key to stay.',
  stay: 'Stay',
};
