/** Returns the label of a clause: the name of its guide, with a number from the second clause of that guide on, such as `tree#2`. */
export const clauseLabel = (guide: string, count: number): string => (count === 1 ? guide : `${guide}#${count}`);

/** Returns the name of the guide that the label of a clause starts with. */
export const guideOf = (label: string): string => label.replace(/#\d+$/, '');
