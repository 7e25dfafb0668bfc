// Dark, light, or as the system says. Kept on this machine; carries nothing about cases.

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'casement.theme';

export function savedTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(KEY, theme);
    document.documentElement.dataset['theme'] = theme;
  }
}

/** What the eye sees now, whichever way it was chosen. */
export function shownTheme(): 'light' | 'dark' {
  const theme = savedTheme();
  if (theme !== 'system') return theme;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** The other of the two, made the choice from now on. */
export function toggleTheme(): void {
  applyTheme(shownTheme() === 'dark' ? 'light' : 'dark');
}
