// A package read again, who reports, and what the foot of the window reminds of.

import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ObligationCounts } from '../src/bindings/ObligationCounts';
import type { OrganisationForm } from '../src/bindings/OrganisationForm';
import type { PackageCheck } from '../src/bindings/PackageCheck';
import type { Role } from '../src/bindings/Role';
import type { Status } from '../src/bindings/Status';
import Organisation from '../src/parts/Organisation.svelte';
import PackageVerify from '../src/parts/PackageVerify.svelte';
import StatusBar from '../src/parts/StatusBar.svelte';
import { casement } from '../src/state/session.svelte';
import { desk, session, status } from './desk';

const check = (name: string, findings: string[] = []): PackageCheck => ({
  check: name,
  ok: findings.length === 0,
  detail: findings[0] ?? `${name} in one line`,
  findings,
});
const type = (id: string, value: string) =>
  fireEvent.input(screen.getByTestId(id), { target: { value } });

describe('a package read again', () => {
  async function verify(checks: PackageCheck[]) {
    desk({
      package_verify: ({ path }) => ({
        package: path,
        checks,
        findings: checks.flatMap((of) => of.findings),
      }),
    });
    render(PackageVerify);
    await type('verify-path', '/srv/R-0001');
    await fireEvent.click(screen.getByTestId('package-verify'));
    return await screen.findByTestId('verify-result');
  }
  const rowOf = (name: string) => document.querySelector(`[data-check="${name}"]`)?.textContent;

  it('names every check in words, with what was found out', async () => {
    const result = await verify([check('bag'), check('sealed here'), check('another')]);
    expect(result.textContent).toContain('No finding. Every byte is as it was sealed.');
    expect(rowOf('bag')).toMatch(/Bag and its manifests\s*No finding\s*bag in one line/);
    expect(rowOf('sealed here')).toContain('Sealed by this workspace');
    expect(rowOf('another')).toContain('another in one line');
  });

  it('lists findings under their check, says each once, and says how many are not listed', async () => {
    const many = Array.from({ length: 230 }, (_, i) => `Finding ${i}.`);
    const result = await verify([
      check('bag', many.slice(0, 190)),
      check('manifest'),
      check('proofs', many.slice(190, 220)),
      check('graphs', many.slice(220)),
    ]);
    expect(screen.getByRole('alert').textContent).toContain('230 findings');
    expect(result.textContent?.match(/Finding 0\./g)).toHaveLength(1);
    expect(result.querySelectorAll('li li')).toHaveLength(200);
    expect(rowOf('manifest')).toContain('No finding');
    expect(rowOf('graphs')).toContain('10 findings');
    expect(screen.getByTestId('verify-beyond').textContent).toBe('30 more are not listed.');
  });
});

describe('who reports', () => {
  const form: OrganisationForm = {
    name: 'Example Lab',
    email: 'reports@lab.example',
    firstName: '',
    lastName: '',
    contact: { firstName: '', lastName: '', email: 'desk@lab.example', phone: '' },
    companyTemplate: 'Legal process: legal@lab.example.',
    legalUrl: '',
    mouSigned: false,
    maxFiles: 500,
  };

  it('takes a whole number of files from 1, or none', async () => {
    let kept = form;
    const calls = desk({
      organisation_show: () => kept,
      organisation_change: ({ organisation }) => {
        kept = organisation as OrganisationForm;
        return null;
      },
    });
    render(Organisation, { session: session('supervisor') });
    const field = await screen.findByTestId<HTMLInputElement>('org-max-files');
    expect(field.value).toBe('500');
    const keep = screen.getByTestId('organisation-keep');
    for (const bad of ['0', '-1', '1.5', 'many', '4294967296']) {
      await type('org-max-files', bad);
      expect(keep.getAttribute('aria-disabled')).toBe('true');
      expect(document.getElementById('organisation-keep-waits')?.textContent).toContain(
        'a whole number from 1',
      );
    }
    for (const [typed, sent] of [
      [' 20 ', 20],
      ['', null],
    ] as const) {
      await type('org-max-files', typed);
      await fireEvent.click(keep);
      await waitFor(() => expect(kept.maxFiles).toBe(sent));
      await waitFor(() => expect(field.value).toBe(sent === null ? '' : String(sent)));
    }
    expect(calls.filter((call) => call.cmd === 'organisation_change')).toHaveLength(2);
    expect(kept).toEqual({ ...form, maxFiles: null });
  });
});

describe('the foot of the window', () => {
  const DAY = 86_400_000;

  function foot(role: Role, owed: Partial<ObligationCounts>, over: Partial<Status> = {}) {
    desk({});
    casement.session = session(role);
    casement.status = { ...status, ...over, obligations: { ...status.obligations, ...owed } };
    render(StatusBar);
  }

  beforeEach(() => {
    casement.session = null;
    casement.status = null;
    casement.view = 'review';
  });

  it('reminds of nothing where nothing is due', () => {
    foot('supervisor', { within14Days: 3, preservation: 9 });
    expect(screen.queryByTestId('status-due')).toBeNull();
  });

  it('leads from what is past due to Due, with nothing filtered away', async () => {
    const { due } = await import('../src/state/due.svelte');
    due.filter = { ...due.filter, kind: 'preserve' };
    foot('supervisor', { pastDue: 2, today: 1 });
    const reminder = screen.getByTestId('status-due');
    expect(reminder.textContent?.trim()).toBe('2 past due');
    expect(reminder.className).toContain('c-danger');
    expect(reminder.querySelector('svg')).not.toBeNull();
    await fireEvent.click(reminder);
    expect(casement.view).toBe('due');
    expect(due.filter.kind).toBeNull();
  });

  it('tells a reviewer what is due today, without a way that is not theirs', () => {
    foot('reviewer', { today: 1 });
    const reminder = screen.getByTestId('status-due');
    expect(reminder.textContent?.trim()).toBe('1 due today');
    expect(reminder.tagName).toBe('SPAN');
    expect(screen.queryByTestId('status-checkpoint')).toBeNull();
  });

  it.each([
    [null, 'No checkpoint handed out'],
    [3 * DAY, 'Checkpoint 3 d ago'],
  ])('tells a custodian how old the last checkpoint is: %s', (checkpointAgeMs, said) => {
    foot('custodian', {}, { checkpointAgeMs });
    expect(screen.getByTestId('status-checkpoint').textContent?.trim()).toBe(said);
  });

  it('asks no checkpoint of an empty ledger', () => {
    foot('custodian', {}, { leaves: 0 });
    expect(screen.queryByTestId('status-checkpoint')).toBeNull();
  });
});
