import { describe, expect, it } from 'vitest';
import { theme } from '../src/state/theme.svelte';

const root = () => document.documentElement.dataset['theme'];

describe('theme', () => {
  it('is what was chosen, also after the window was closed', () => {
    localStorage.setItem('casement.theme', 'light');
    theme.begin();
    expect(root()).toBe('light');
    theme.turn();
    expect(root()).toBe('dark');
    theme.begin();
    expect(theme.choice).toBe('dark');
    theme.turn();
    expect(root()).toBe('light');
  });

  it('follows the system when nothing sensible was kept, and always names what is shown', () => {
    localStorage.setItem('casement.theme', 'sepia');
    theme.begin();
    expect(theme.choice).toBe('system');
    const system = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    expect(root()).toBe(system);
    theme.choose('system');
    expect(localStorage.getItem('casement.theme')).toBeNull();
  });
});
