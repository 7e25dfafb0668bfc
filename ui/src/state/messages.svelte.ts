// What is said bottom right, and what is said to a screen reader. Errors stay until dismissed.

import { wireError } from '../console';

export type MessageKind = 'done' | 'error' | 'caution' | 'information';
export interface Message {
  id: number;
  kind: MessageKind;
  title: string;
  text: string;
  code: string | null;
}

const DONE_MS = 6000;
const MOST = 3;

class Messages {
  list = $state<Message[]>([]);
  /** The polite live region. */
  polite = $state('');
  #next = 1;

  say(kind: MessageKind, title: string, text = '', code: string | null = null): void {
    const id = this.#next++;
    this.list = [...this.list, { id, kind, title, text, code }].slice(-MOST);
    if (kind === 'done' || kind === 'information') setTimeout(() => this.dismiss(id), DONE_MS);
  }

  /** Shows a rejection; the first sentence is the bold one. */
  fail(reason: unknown): void {
    const { code, message } = wireError(reason);
    const [title, text] = firstSentence(message);
    this.say('error', title, text, code);
  }

  announce(words: string): void {
    this.polite = words;
  }

  dismiss(id: number): void {
    this.list = this.list.filter((message) => message.id !== id);
  }

  clear(): void {
    this.list = [];
    this.polite = '';
  }
}

/** Splits after the first full stop that ends a sentence. */
export function firstSentence(message: string): [string, string] {
  const end = /[.](?=\s+[A-Z0-9])/.exec(message);
  if (end === null) return [message, ''];
  return [message.slice(0, end.index + 1), message.slice(end.index + 1).trim()];
}

export const messages = new Messages();
