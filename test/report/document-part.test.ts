import { expect } from 'chai';
import { withPart } from '../../lib/report/document-part.js';

describe('a part of a document', () => {
  it('is added, then replaced, and the text around it is kept', () => {
    const first = withPart('# Title\n', 'table', 'one\n', 'a command');
    expect(first).to.equal('# Title\n\n<!-- begin table: written by a command -->\n\none\n\n<!-- end table -->\n');
    const edited = first.replace('# Title', '# Title\n\nBefore.') + '\nAfter.\n';
    const second = withPart(edited, 'table', 'two', 'another');
    expect(second).to.equal(
      '# Title\n\nBefore.\n\n<!-- begin table: written by another -->\n\ntwo\n\n<!-- end table -->\n\nAfter.\n',
    );
  });
});
