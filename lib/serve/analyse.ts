import { type Static, Type } from '@sinclair/typebox';
import { throwProblems } from '../base/errors.js';
import { check } from '../config/index.js';
import type { Brackets } from '../judges/parsers/brackets.js';
import { sentenceEnds } from '../judges/parsers/chart-parser.js';
import { winkTagger } from '../judges/parsers/wink-tagger.js';
import { constituentsOf, type PennTree, writeBracketing } from '../text/penn-tree.js';
import type { AnalyseAnswer } from './api.js';
import { openModel, splitterOf } from './facts.js';
import type { JudgeSource } from './judge-texts.js';
import type { RequestContext } from './request.js';

/** Schema of the body of POST /v1/analyse. */
export const analyseSchema = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 2000, description: 'One or more sentences.' }),
    model: Type.Optional(
      Type.String({ minLength: 1, description: 'Splits the text into words as this model does, and names the words it lacks.' }),
    ),
  },
  { title: 'A text to analyse' },
);

/** Returns what a text is like, as options of guides. @throws InputError if the body is not a text, or the model cannot be opened */
export async function analyse(body: unknown, context: RequestContext, judges: JudgeSource | undefined): Promise<AnalyseAnswer> {
  const { value, problems } = check(analyseSchema, body);
  throwProblems('request', problems);
  const { text, model } = value as Static<typeof analyseSchema>;
  const tokenizer = model === undefined ? undefined : (await openModel(context.models, model)).tokenizer;
  const words = splitterOf(tokenizer)(text);
  const tagOf = await winkTagger();
  const [parse] = (await judges?.parser?.parse([words])) ?? [];
  const trees = parse ? treesOf(words, parse) : [];
  return {
    words,
    length: words.length,
    tags: tagOf(words),
    tree: trees.map((tree) => writeBracketing([tree])),
    spans: constituentsOf(trees).map(({ start, end, label }) => [start, end, label] as const),
    unknown: tokenizer ? [...new Set(words.filter((word) => tokenizer.vocabulary.id(word) === undefined))] : [],
  };
}

const ESCAPES: Readonly<Record<string, string>> = { '(': '-LRB-', ')': '-RRB-' };

/** Returns the tree of each sentence. A sentence whose words have no common node gets one without a name of its own, `S`. */
export function treesOf(words: readonly string[], { tags, nodes }: Brackets): PennTree[] {
  let next = 0; // the first node that is not in a tree yet; nodes come before those inside them
  const leaf = (i: number): PennTree => ({ label: tags[i]!, word: ESCAPES[words[i]!] ?? words[i]!, children: [] });
  const within = (start: number, end: number): PennTree[] => {
    const children: PennTree[] = [];
    for (let at = start; at < end;) {
      const node = nodes[next];
      if (node?.start === at && node.end <= end && node.end > at) {
        next++;
        children.push({ label: node.label, children: within(node.start, node.end) });
        at = node.end;
      } else children.push(leaf(at++));
    }
    return children;
  };
  let start = 0;
  return sentenceEnds(words).flatMap((end) => {
    const children = within(start, end);
    start = end;
    if (children.length === 0) return [];
    return children.length === 1 && children[0]!.word === undefined ? children : [{ label: 'S', children }];
  });
}
