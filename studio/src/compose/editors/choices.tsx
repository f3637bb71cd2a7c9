import { textOf } from '../../config/clauses.js';
import { joinPath } from '../../config/json-source.js';
import { classesOf } from '../../server/facts.js';
import { Row } from '../fields.js';
import { type EditorProps, setOption } from './editor.js';

/** Selects a value; one that is not among the options, such as one typed in the JSON, stays visible. */
function Select({
  label,
  path,
  option,
  value,
  options,
}: {
  label: string;
  path: string;
  option: string;
  value: string;
  options: readonly string[];
}) {
  const shown = options.includes(value) ? options : [value, ...options];
  return (
    <Row label={label} at={joinPath(path, option)}>
      {(aria) => (
        <select {...aria} value={value} onChange={(event) => setOption(path, option, event.currentTarget.value)}>
          {shown.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </Row>
  );
}

const CLASS = /^(.*)\[(.*)\]$/;
/** A slot and one of its values, from the classes of the model's own classifier. */
export function AttributeEditor({ clause, path, guide }: EditorProps) {
  const pairs = classesOf(guide, clause['via']).flatMap((name) => {
    const [, slot, value] = CLASS.exec(name) ?? [];
    return slot === undefined || value === undefined ? [] : [{ slot, value }];
  });
  const slot = textOf(clause['slot']);
  return (
    <>
      <Select label="slot" path={path} option="slot" value={slot} options={[...new Set(pairs.map((pair) => pair.slot))]} />
      <Select
        label="value"
        path={path}
        option="value"
        value={textOf(clause['value'])}
        options={pairs.filter((pair) => pair.slot === slot).map(({ value }) => value)}
      />
    </>
  );
}

/** One of the labels that the model's own classifier was trained on. */
export function LabelEditor({ clause, path, guide }: EditorProps) {
  return (
    <Select label="label" path={path} option="label" value={textOf(clause['label'])} options={classesOf(guide, clause['via'])} />
  );
}
