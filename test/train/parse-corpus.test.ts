import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readBrackets, type Brackets } from '../../lib/judges/parsers/brackets.js';
import type { TreesOf } from '../../lib/judges/parsers/corenlp-client.js';
import { readParses, uposOf, wordsOf } from '../../lib/text/parses.js';
import { parseCorpus } from '../../lib/train/guides/parse-corpus.js';
import { withFolder } from '../tiny-model.js';

const rows = Array.from({ length: 450 }, (_, i) => ({ text: `Heron ${i} waits. The pond is quiet.` }));

/** Parses every text as two sentences, as a server would; fails at the given call. */
function server(failAt = Infinity): TreesOf {
  let calls = 0;
  return (texts) => {
    if (++calls > failAt) return Promise.reject(new Error('the server died'));
    return Promise.resolve(
      texts.map((words) =>
        [
          `(ROOT (S (NP (NNP ${words[0]}) (CD ${words[1]})) (VP (VBZ waits)) (. .)))`,
          '(ROOT (S (NP (DT The) (NN pond)) (VP (VBZ is) (ADJP (JJ quiet))) (. .)))',
        ].map((tree) => ({ tree, brackets: readBrackets(tree) as Brackets })),
      ),
    );
  };
}

describe('parsing a corpus', () => {
  it('writes what guides read: words of the row by sentence, Penn and Universal tags', () =>
    withFolder(async (folder) => {
      const output = join(folder, 'parses.jsonl');
      await parseCorpus(rows.slice(0, 3), output, server());
      const read = await readParses(output);
      expect(read.map(({ line }) => line)).to.deep.equal([0, 1, 2]);
      expect(read[2]!.sentences.map(({ words }) => words)).to.deep.equal([
        ['Heron', '2', 'waits', '.'],
        ['The', 'pond', 'is', 'quiet', '.'],
      ]);
      expect(wordsOf(read[2]!)).to.have.length(9);
      expect(uposOf(read[2]!)).to.deep.equal('PROPN NUM VERB PUNCT DET NOUN AUX ADJ PUNCT'.split(' '));
    }));

  it('resumes after the last complete line, to the same bytes', () =>
    withFolder(async (folder) => {
      const [whole, resumed] = [join(folder, 'whole.jsonl'), join(folder, 'resumed.jsonl')];
      await parseCorpus(rows, whole, server());
      const error = await parseCorpus(rows, resumed, server(1)).catch((reason: unknown) => reason);
      expect(String(error)).to.match(/the server died/);
      const part = await readFile(`${resumed}.part`, 'utf8');
      expect(part.split('\n')).to.have.length(201);
      await writeFile(`${resumed}.part`, part.slice(0, -40)); // killed within a line
      const seen: number[] = [];
      await parseCorpus(rows, resumed, server(), { onRows: (done) => void seen.push(done) });
      expect(seen).to.deep.equal([399, 450]);
      expect(await readFile(resumed, 'utf8')).to.equal(await readFile(whole, 'utf8'));
    }));
});
