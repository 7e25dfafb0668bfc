// Dark, light, or as the system says. Kept on this machine; carries nothing about cases.

export type Choice = 'system' | 'light' | 'dark';
const KEY = 'casement.theme';

class Theme {
  choice = $state<Choice>('system');
  #systemDark = $state(false);

  /** What the eye sees now, whichever way it was chosen. */
  get shown(): 'light' | 'dark' {
    if (this.choice !== 'system') return this.choice;
    return this.#systemDark ? 'dark' : 'light';
  }

  /** Reads what was kept and follows the system from now on. */
  begin(): void {
    const kept = localStorage.getItem(KEY);
    this.choice = kept === 'light' || kept === 'dark' ? kept : 'system';
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = system.matches;
    system.addEventListener('change', (event) => {
      this.#systemDark = event.matches;
      this.#show();
    });
    this.#show();
  }

  choose(choice: Choice): void {
    this.choice = choice;
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
    this.#show();
  }

  /** The other of the two, made the choice from now on. */
  turn(): void {
    this.choose(this.shown === 'dark' ? 'light' : 'dark');
  }

  #show(): void {
    document.documentElement.dataset['theme'] = this.shown;
  }
}

export const theme = new Theme();
