import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as f from '../src/format';
import { firstSentence } from '../src/state/messages.svelte';

describe('facts in words', () => {
  it('separates thousands and pads case numbers', () => {
    expect(f.count(184_203)).toBe('184,203');
    expect(f.caseNumber(4217)).toBe('004217');
    expect(f.many(1, 'case', 'cases')).toBe('1 case');
    expect(f.many(0, 'case', 'cases')).toBe('0 cases');
  });

  it('shortens a digest to its first and last four', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{32,128}$/), (hex) => {
        expect(f.digest(hex)).toBe(`${hex.slice(0, 4)}…${hex.slice(-4)}`);
      }),
    );
    expect(f.digest('abcd')).toBe('abcd');
  });

  it('counts down to 0:00 only at the end, and up from 0:00', () => {
    expect(f.clockLeft(60_000)).toBe('1:00');
    expect(f.clockLeft(59_001)).toBe('1:00');
    expect(f.clockLeft(1)).toBe('0:01');
    expect(f.clockLeft(0)).toBe('0:00');
    expect(f.clockLeft(-5)).toBe('0:00');
    expect(f.clockSpent(999)).toBe('0:00');
    expect(f.clockSpent(371_000)).toBe('6:11');
    expect(f.clockLeft(3_600_000)).toBe('1:00:00');
  });

  it('speaks durations and sizes', () => {
    expect(f.spoken(380_000)).toBe('6 min 20 s');
    expect(f.spoken(3_600_000)).toBe('60 min');
    expect(f.spoken(9000)).toBe('9 s');
    expect(f.bytes(20_280)).toBe('19.8 KiB');
    expect(f.bytes(512)).toBe('512 B');
    expect(f.bytes(2 ** 41)).toBe('2 TiB');
  });

  it('writes times in UTC whatever the machine thinks', () => {
    expect(f.day('2026-11-21T23:59:59.9Z')).toBe('2026-11-21');
    expect(f.time('2026-11-21T14:31:08+02:00')).toBe('12:31:08');
    expect(f.dayAndTime('2026-11-21T14:31:08Z')).toBe('2026-11-21 14:31');
    expect(f.namedDay('2026-11-21T14:31:08Z')).toBe('Saturday 2026-11-21');
    expect(f.time('unknown')).toBe('unknown');
  });

  it('keeps both ends of a long path within the length', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 0, maxLength: 300 }),
        fc.integer({ min: 8, max: 80 }),
        (path, most) => {
          const short = f.middle(path, most);
          expect(short.length).toBeLessThanOrEqual(Math.max(most, 0));
          if (path.length <= most) expect(short).toBe(path);
          else {
            expect(path.startsWith(short.slice(0, short.indexOf('…')))).toBe(true);
            expect(path.endsWith(short.slice(short.lastIndexOf('…') + 1))).toBe(true);
          }
        },
      ),
    );
  });

  it('names a distance by its kind', () => {
    expect(f.distanceWords({ kind: 'exact', distance: 0, threshold: 31 })).toBe('exact');
    expect(f.distanceWords({ kind: 'near', distance: 12, threshold: 31 })).toBe('12 of 31');
    expect(f.distanceWords({ kind: 'near', distance: 12, threshold: null })).toBe('12');
    expect(f.distanceWords({ kind: 'near', distance: null, threshold: null })).toBe('near');
  });

  it('splits a message after its first sentence, not inside a number or a name', () => {
    expect(firstSentence('R-12 holds case 004221. Take the next case, or wait 3:40.')).toEqual([
      'R-12 holds case 004221.',
      'Take the next case, or wait 3:40.',
    ]);
    expect(firstSentence('Policy 7.3 caps views at strong.')).toEqual([
      'Policy 7.3 caps views at strong.',
      '',
    ]);
  });
});

describe('what the newer views write', () => {
  it('names a list file after its dataset and nothing a path could mean', () => {
    expect(f.listFileName('example/Synth-Pairs@01', 'tombstones', 'csv')).toBe(
      'example-synth-pairs-01-tombstones.csv',
    );
    expect(f.listFileName('../..', 'release', 'jsonl')).toBe('dataset-release.jsonl');
  });

  it('says ages in the largest whole unit', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    expect(f.ago('2026-11-20T11:00:00Z', now)).toBe('2 d ago');
    expect(f.ago('2026-11-22T09:30:00Z', now)).toBe('2 h ago');
    expect(f.ago('2026-11-22T12:00:30Z', now)).toBe('0 min ago');
    expect(f.ago('never', now)).toBe('never');
  });

  it('leaves out verdicts nobody gave', () => {
    const words = {
      confirmed: (n: number) => `${n} confirmed`,
      notAMatch: (n: number) => `${n} not a match`,
      cannotTell: (n: number) => `${n} cannot tell`,
      escalated: (n: number) => `${n} escalated`,
    };
    const none = { confirmed: 0, notAMatch: 0, cannotTell: 0, escalated: 0 };
    expect(f.decidedWords(none, words)).toBe('');
    expect(f.decidedWords({ ...none, confirmed: 3, escalated: 1 }, words)).toBe(
      '3 confirmed, 1 escalated',
    );
  });
});
