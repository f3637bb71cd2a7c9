import { joinPath } from '../../config/json-source.js';
import { type PennNode, readPenn, replaceNode, writePenn } from '../../config/penn.js';
import { Row } from '../fields.js';
import { type EditorProps, setOption, stringsOf } from './editor.js';

/** A constituency tree, drawn; a click takes a constituent out or leaves the tag of a word open. */
export function TreeEditor({ clause, path }: EditorProps) {
  const trees = stringsOf(clause['tree']);
  const set = (next: readonly string[]) => setOption(path, 'tree', next.length === 1 ? next[0] : next);
  return (
    <>
      {trees.map((text, i) => (
        <TreeField key={i} text={text} at={joinPath(path, 'tree')} onText={(next) => set(trees.with(i, next))} />
      ))}
      <div class="row foot">
        <label class="check">
          <input
            type="checkbox"
            checked={clause['part'] === true}
            onChange={(event) => setOption(path, 'part', event.currentTarget.checked ? true : undefined)}
          />
          only a part of the text’s tree
        </label>
      </div>
    </>
  );
}

function TreeField({ text, at, onText }: { text: string; at: string; onText: (text: string) => void }) {
  const root = readPenn(text);
  return (
    <>
      {root && (
        <div class="tree" role="group" aria-label="The tree, from the whole sentence to its words" tabIndex={0}>
          <Node
            node={root}
            onChange={(node, by) => onText(writePenn(replaceNode({ label: '', members: [root] }, node, by).members[0] ?? root))}
          />
        </div>
      )}
      <Row label="brackets" at={at}>
        {(aria) => (
          <textarea
            {...aria}
            class="pattern"
            rows={2}
            spellcheck={false}
            value={text}
            onInput={(event) => onText(event.currentTarget.value)}
          />
        )}
      </Row>
    </>
  );
}

function Node({
  node,
  onChange,
  isRoot = true,
}: {
  node: PennNode;
  onChange: (node: PennNode, by: readonly PennNode[]) => void;
  isRoot?: boolean;
}) {
  const isTag = node.members.length === 0;
  const click = () => onChange(node, isTag ? [{ ...node, label: node.label === '*' ? 'NN' : '*' }] : node.members);
  const what = isTag ? (node.label === '*' ? 'any word' : `Leave the tag ${node.label} open`) : `Take ${node.label} out`;
  return (
    <div class={isTag ? 'leaf' : 'node'}>
      <button
        type="button"
        disabled={(isRoot && !isTag) || (isTag && node.label === '*')}
        title={what}
        aria-label={what}
        onClick={click}
      >
        {node.label}
      </button>
      {node.word !== undefined && <span class="word">{node.word}</span>}
      {!isTag && (
        <div class="members">
          {node.members.map((member, i) => (
            <Node key={i} node={member} onChange={onChange} isRoot={false} />
          ))}
        </div>
      )}
    </div>
  );
}
