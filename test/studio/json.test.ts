import { expect } from 'chai';
import fc from 'fast-check';
import { grouped, labelsOf, negated } from '../../studio/src/config/clauses.js';
import { formatJson, valueAt, withValue } from '../../studio/src/config/edit-json.js';
import { joinPath, JsonSyntaxError, positionOf, readJsonSource } from '../../studio/src/config/json-source.js';
import { readPenn, writePenn } from '../../studio/src/config/penn.js';

/** Returns the JSON paths of a value and of everything in it. */
function pathsIn(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, member]) => pathsIn(member, joinPath(at, key)))];
}

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe('JSON of the studio', () => {
  it('is read like JSON.parse, whatever its spaces', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: 0, max: 4 }), (value, spaces) => {
        expect(readJsonSource(JSON.stringify(value, null, spaces)).value).to.deep.equal(value);
      }),
    );
  });

  it('is formatted without a change, and its paths lead to the text of their values', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = formatJson(value);
        const { ranges } = readJsonSource(text);
        expect(JSON.parse(text)).to.deep.equal(value);
        for (const path of pathsIn(value)) {
          const { from, to } = ranges.get(path)!;
          expect(JSON.parse(text.slice(from, to)), path).to.deep.equal(valueAt(value, path));
        }
      }),
    );
  });

  it('is refused wherever JSON.parse refuses it, at a position inside the text', () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.constantFrom('', ',', '"', '}', '[', 'x', '\n'), (value, at, sign) => {
        const whole = JSON.stringify(value);
        const broken = whole.slice(0, at % (whole.length + 1)) + sign + whole.slice((at % (whole.length + 1)) + 1);
        let isJson = true;
        try {
          JSON.parse(broken);
        } catch {
          isJson = false;
        }
        if (isJson) expect(() => readJsonSource(broken)).not.to.throw();
        else
          expect(() => readJsonSource(broken))
            .to.throw(JsonSyntaxError)
            .with.property('offset')
            .within(0, broken.length);
      }),
    );
  });

  it('names what it expected and where', () => {
    expect(() => readJsonSource('{ "a": 1\n  "b": 2 }'))
      .to.throw(JsonSyntaxError, 'expected a comma or }, got "\\""')
      .with.property('offset', 11);
    expect(positionOf('{ "a": 1\n  "b": 2 }', 11)).to.deep.equal({ line: 2, column: 3 });
  });

  it('is changed at one path and nowhere else', () => {
    const config = { guidance: [{ guide: 'words', all: ['a', 'b'] }, { guide: 'length' }], 'a/b~c': 1 };
    const changed = withValue(config, '/guidance/0/all/1', 'c');
    expect(changed).to.deep.equal({ ...config, guidance: [{ guide: 'words', all: ['a', 'c'] }, { guide: 'length' }] });
    expect(config.guidance[0]!.all).to.deep.equal(['a', 'b']);
    expect(withValue(config, '/guidance/0', undefined)).to.deep.equal({ ...config, guidance: [{ guide: 'length' }] });
    expect(withValue(config, joinPath('', 'a/b~c'), 2)).to.include({ 'a/b~c': 2 });
    expect(withValue({}, '/sampler/steps', 10)).to.deep.equal({ sampler: { steps: 10 } });
  });
});

describe('clauses of the studio', () => {
  const clause = { guide: 'words', all: ['a'], weight: 2, window: [0, 0.5] };

  it('keep their strength on the outermost group when they are nested, and are the same when that is undone', () => {
    expect(negated(clause)).to.deep.equal({ not: { guide: 'words', all: ['a'] }, weight: 2, window: [0, 0.5] });
    expect(negated(negated(clause))).to.deep.equal(clause);
    expect(grouped(clause, 'any')).to.deep.equal({ any: [{ guide: 'words', all: ['a'] }], weight: 2, window: [0, 0.5] });
  });

  it('have the labels of results: numbered names, none for an outer `all`', () => {
    const guidance = [{ all: [{ guide: 'words' }, { not: { guide: 'words' } }] }, { any: [{ all: [{ guide: 'pos' }] }] }];
    expect(Object.fromEntries(labelsOf(guidance))).to.deep.equal({
      '/guidance/0/all/0': 'words',
      '/guidance/0/all/1': 'not',
      '/guidance/0/all/1/not': 'words#2',
      '/guidance/1': 'any',
      '/guidance/1/any/0': 'all',
      '/guidance/1/any/0/all/0': 'pos',
    });
  });
});

describe('bracketings of the studio', () => {
  it('are written as they were read, and refused if a bracket is missing', () => {
    const text = '(S (NP (DT The) (NN pub)) (VP (VBZ is)) (. .))';
    expect(writePenn(readPenn(text)!)).to.equal(text);
    for (const broken of ['', '(S', '(S (NP)', 'S', '(S))', '(S) (S)']) expect(readPenn(broken), broken).to.equal(undefined);
  });
});
