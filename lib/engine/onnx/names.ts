/** Returns the name of an input: inputs and outputs of a graph are named apart, since a state's tensor is both. */
export const inputName = (name: string): string => `in/${name}`;
export const outputName = (name: string): string => `out/${name}`;
