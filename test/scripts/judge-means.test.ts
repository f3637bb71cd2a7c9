import { expect } from 'chai';
import { JudgeUnavailable } from '../../lib/judges/judge.js';
import { CORENLP } from '../../lib/judges/parsers/parser.js';
import { openJudgeMeans, type ParserArgs } from '../../scripts/judge-means.js';

describe('what the commands judge by', () => {
  const means = async (asked: Pick<ParserArgs, 'parser' | 'tagger'>) => {
    const opened = await openJudgeMeans({ ...asked, corenlp: '/no/jars', lm: [] });
    await opened.stop(); // nothing has started yet
    return opened;
  };

  it('tags by wink-nlp where no tagger is asked for, whatever parses', async () => {
    expect(await means({ parser: 'corenlp', tagger: 'wink' })).to.not.have.property('tagger');
  });

  it('tags by the parser of the trees where both are CoreNLP, else by a CoreNLP beside it', async () => {
    const shared = await means({ parser: 'corenlp', tagger: 'corenlp' });
    expect(shared.tagger).to.equal(shared.parser);
    const { parser, tagger } = await means({ parser: 'embedded', tagger: 'corenlp' });
    expect(parser.name).to.contain('embedded');
    expect(tagger!.name).to.equal(CORENLP);
  });

  it('has a tagger that says what is missing where CoreNLP is not there', async () => {
    const { tagger } = await means({ parser: 'auto', tagger: 'corenlp' });
    const error: unknown = await tagger!.parse([['Tea', 'helps']]).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(JudgeUnavailable);
    expect((error as Error).message).to.contain('diffusteer corenlp fetch');
  });
});
