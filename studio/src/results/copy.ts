import { signal } from '@preact/signals';

/** What was done last, said to screen readers and shown for a moment. */
export const notice = signal('');

let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a notice for a moment. */
export function tell(message: string): void {
  clearTimeout(timer);
  notice.value = message;
  timer = setTimeout(() => (notice.value = ''), 2500);
}

/** Copies text to the clipboard. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell('Copied.');
  } catch {
    tell('The browser did not allow copying.');
  }
}

/** Offers text as a file. */
export function download(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  tell(`Saved ${name}.`);
}
