// Errors nobody handled and reports of the content policy, as lines of a hidden list. Codes and
// kinds only: a message could carry a path or a name.

export function collectDiagnostics(into: HTMLElement): void {
  const note = (line: string) => {
    const item = document.createElement('li');
    item.textContent = line;
    into.append(item);
  };
  window.addEventListener('error', (event) => {
    // ResizeObserver loops are reported as errors by the engine and lose nothing.
    if (event.message.startsWith('ResizeObserver loop')) return;
    note(`error ${kindOf(event.error)} ${event.lineno}:${event.colno}`);
  });
  window.addEventListener('unhandledrejection', (event) =>
    note(`rejection ${kindOf(event.reason)}`),
  );
  document.addEventListener('securitypolicyviolation', (event) =>
    note(`policy ${event.effectiveDirective} ${event.lineNumber}:${event.columnNumber}`),
  );
}

function kindOf(reason: unknown): string {
  if (reason instanceof Error) return reason.name;
  if (typeof reason === 'object' && reason !== null && 'code' in reason) return String(reason.code);
  return typeof reason;
}
