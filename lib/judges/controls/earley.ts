import type { Grammar, GrammarExpression } from '../../text/grammar/index.js';
import { type Departure, type NameTable, phrasesOfLeaf, type TaggedText, type WordTest } from './word-matchers.js';

/** A rule to derive, or a word to find. */
type Part = string | WordTest;

interface Production {
  readonly name: string;
  readonly parts: readonly Part[];
}

/** A production, the parts of it that are found, and the position at which it began. */
interface Item {
  readonly production: Production;
  readonly found: number;
  readonly from: number;
}

/** A recogniser of the texts of a grammar. @returns undefined if it accepts the text, else where the text leaves the grammar */
export type Recogniser = (text: TaggedText) => Departure | undefined;

/** Builds a recogniser after Earley (1970), with the treatment of empty rules by Aycock and Horspool (2002). */
export function recogniserOf(grammar: Grammar, names: NameTable): Recogniser {
  const rules = productionsByName(grammar, names);
  const empty = emptyRules(rules);
  const start = grammar.rules[0]!.name;
  return ({ words, tags }) => {
    const sets = words.map(() => new ItemSet());
    sets.push(new ItemSet());
    for (const production of rules.get(start)!) sets[0]!.add({ production, found: 0, from: 0 });
    const isWhole = ({ production: { name, parts }, found, from }: Item) =>
      name === start && from === 0 && found === parts.length;
    for (const [i, set] of sets.entries()) {
      for (const item of set.items) {
        const part = item.production.parts[item.found];
        const further = { ...item, found: item.found + 1 };
        if (part === undefined) {
          const { name } = item.production;
          for (const outer of sets[item.from]!.items)
            if (outer.production.parts[outer.found] === name) set.add({ ...outer, found: outer.found + 1 });
        } else if (typeof part === 'string') {
          for (const production of rules.get(part)!) set.add({ production, found: 0, from: i });
          if (empty.has(part)) set.add(further);
        } else if (i < words.length && part.accepts(words[i]!, tags[i] ?? '')) sets[i + 1]!.add(further);
      }
    }
    if (sets[words.length]!.items.some(isWhole)) return undefined;
    const position = sets.findLastIndex(({ items }) => items.length > 0);
    const { items } = sets[position]!;
    const wanted = items.flatMap(({ production: { parts }, found }) => {
      const part = parts[found];
      return typeof part === 'object' ? [part.shown] : [];
    });
    return { position, expected: [...new Set(wanted)], mayEnd: items.some(isWhole) };
  };
}

class ItemSet {
  readonly items: Item[] = [];
  readonly #known = new Map<Production, Set<number>>();

  add(item: Item): void {
    const { production, found, from } = item;
    if (!this.#known.has(production)) this.#known.set(production, new Set());
    const known = this.#known.get(production)!;
    const key = from * (production.parts.length + 1) + found;
    if (known.has(key)) return;
    known.add(key);
    this.items.push(item);
  }
}

/** Returns the productions of each rule; a group or a repetition is a rule of its own. */
function productionsByName({ rules }: Grammar, names: NameTable): Map<string, readonly Production[]> {
  const writer = new Writer(names);
  for (const { name, body } of rules) writer.define(name, [writer.partsOf(body)]);
  return writer.rules;
}

class Writer {
  readonly rules = new Map<string, readonly Production[]>();
  #groups = 0;

  constructor(readonly names: NameTable) {}

  define(name: string, alternatives: readonly (readonly Part[])[]): string {
    const productions = alternatives.map((parts) => ({ name, parts }));
    this.rules.set(name, productions);
    return name;
  }

  partsOf(expression: GrammarExpression): readonly Part[] {
    switch (expression.kind) {
      case 'terminal': {
        const phrases = phrasesOfLeaf(expression.pattern, this.names);
        return phrases.length === 1 ? phrases[0]! : [this.define(this.#group(), phrases)];
      }
      case 'reference':
        return [expression.name];
      case 'sequence':
        return expression.parts.flatMap((part) => this.partsOf(part));
      case 'choice': {
        const alternatives = expression.parts.map((part) => this.partsOf(part));
        return [this.define(this.#group(), alternatives)];
      }
      case 'repeat':
        return this.#repeated(this.partsOf(expression.part), expression.min, expression.max);
    }
  }

  #repeated(part: readonly Part[], min: number, max: number): readonly Part[] {
    const least = Array.from({ length: min }, () => part).flat();
    if (max === Infinity) {
      const name = this.#group();
      return [...least, this.define(name, [[], [...part, name]])];
    }
    let more: readonly Part[] = [];
    for (let i = min; i < max; i++) more = [this.define(this.#group(), [[], [...part, ...more]])];
    return [...least, ...more];
  }

  /** Returns a fresh name, which no rule has: theirs have no spaces. */
  #group(): string {
    return `group ${this.#groups++}`;
  }
}

/** Returns the rules that the empty text satisfies. */
function emptyRules(rules: ReadonlyMap<string, readonly Production[]>): Set<string> {
  const empty = new Set<string>();
  for (let before = -1; before < empty.size;) {
    before = empty.size;
    for (const [name, productions] of rules)
      if (productions.some(({ parts }) => parts.every((part) => typeof part === 'string' && empty.has(part)))) empty.add(name);
  }
  return empty;
}
