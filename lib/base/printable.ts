/** Replaces control characters, so that a text of a target or a file cannot control the terminal. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd');

/** Replaces control characters of a text of several lines, but not its line breaks. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
