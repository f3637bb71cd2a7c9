import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { JudgeUnavailable } from '../../lib/judges/judge.js';
import { CORENLP } from '../../lib/judges/parsers/parser.js';
import { openJudgeResources, type ParserArgs } from '../../scripts/judge-resources.js';
import { withFolder } from '../tiny-model.js';

describe('the parsers and taggers of the commands', () => {
  const resources = async (asked: Pick<ParserArgs, 'parser' | 'tagger'>) => {
    const opened = await openJudgeResources({ ...asked, corenlp: '/no/jars', lm: [] });
    await opened.stop(); // nothing has started yet
    return opened;
  };

  it('tag by wink-nlp by default, with any parser', async () => {
    expect(await resources({ parser: 'corenlp', tagger: 'wink' })).to.not.have.property('tagger');
  });

  it('tag by the parser of the trees if both are CoreNLP, else by a second parser', async () => {
    const shared = await resources({ parser: 'corenlp', tagger: 'corenlp' });
    expect(shared.tagger).to.equal(shared.parser);
    const { parser, tagger } = await resources({ parser: 'embedded', tagger: 'corenlp' });
    expect(parser.name).to.contain('embedded');
    expect(tagger!.name).to.equal(CORENLP);
  });

  it('report what is missing if CoreNLP is asked for and not found', async () => {
    const { tagger } = await resources({ parser: 'auto', tagger: 'corenlp' });
    const error: unknown = await tagger!.parse([['Tea', 'helps']]).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(JudgeUnavailable);
    expect((error as Error).message).to.contain('diffusteer corenlp fetch');
  });

  it('are those of the model if it has its own', () =>
    withFolder(async (folder) => {
      const parserOf = async (model: string) => {
        const opened = await openJudgeResources({ parser: 'embedded', tagger: 'wink', corenlp: '', lm: [] }, model);
        await opened.stop();
        return opened.parser.name;
      };
      const shared = await parserOf(folder);
      await cp('models/judges/parser', join(folder, 'judges/parser'), { recursive: true });
      const config = JSON.parse(await readFile(join(folder, 'judges/parser/config.json'), 'utf8')) as { measured: object };
      const own = { ...config, measured: { ...config.measured, on: 'letters from the garden' } };
      await writeFile(join(folder, 'judges/parser/config.json'), JSON.stringify(own));
      expect(await parserOf(folder))
        .to.contain('letters from the garden')
        .and.to.not.equal(shared);
    }));
});
