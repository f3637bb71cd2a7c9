import { useState } from 'preact/hooks';
import type { ClauseJson } from '../../config/clauses.js';
import { isRecord, textOf } from '../../config/clauses.js';
import { joinPath } from '../../config/json-source.js';
import { type OptionSchema, optionsOf } from '../../server/facts.js';
import { Chips, type FieldAria, NumberInput, Row } from '../fields.js';
import { type EditorProps, setOption, stringsOf } from './editor.js';

/** A field for each option, by its JSON schema: for guides that have no editor of their own, such as plugins. */
export function GenericEditor({ clause, path, guide }: EditorProps) {
  return (
    <>
      {Object.entries(optionsOf(guide)).map(([option, schema]) => (
        <Row key={option} label={option} hint={schema.description} at={joinPath(path, option)}>
          {(aria) => <Field aria={aria} schema={schema} clause={clause} option={option} path={path} />}
        </Row>
      ))}
    </>
  );
}

interface FieldProps {
  readonly aria: FieldAria;
  readonly schema: OptionSchema;
  readonly clause: ClauseJson;
  readonly option: string;
  readonly path: string;
}

function Field({ aria, schema, clause, option, path }: FieldProps) {
  const value = clause[option];
  const set = (next: unknown) => setOption(path, option, next);
  const isPlain = !isRecord(value) || schema.type === 'object';
  const { items } = schema;
  if (!isPlain) return <JsonField aria={aria} value={value} onValue={set} />;
  if (schema.enum !== undefined)
    return (
      <select {...aria} value={textOf(value ?? schema.default)} onChange={(event) => set(event.currentTarget.value)}>
        {schema.enum.map((one) => (
          <option key={String(one)}>{String(one)}</option>
        ))}
      </select>
    );
  if (schema.type === 'boolean')
    return (
      <input
        {...aria}
        type="checkbox"
        checked={(value ?? schema.default) === true}
        onChange={(event) => set(event.currentTarget.checked)}
      />
    );
  if (schema.type === 'integer' || schema.type === 'number')
    return (
      <NumberInput
        {...aria}
        min={schema.minimum}
        max={schema.maximum}
        step={schema.type === 'integer' ? 1 : 'any'}
        value={Number(value ?? schema.default ?? 0)}
        onValue={set}
      />
    );
  if (schema.type === 'string')
    return (
      <input
        {...aria}
        type="text"
        autocapitalize="none"
        value={typeof value === 'string' ? value : ''}
        onInput={(event) => set(event.currentTarget.value || undefined)}
      />
    );
  if (schema.type === 'array' && items !== undefined && 'type' in items && items.type === 'string')
    return <Chips aria={aria} values={stringsOf(value)} onValues={(values) => set(values.length > 0 ? values : undefined)} />;
  return <JsonField aria={aria} value={value} onValue={set} />;
}

/** JSON of a value; what is typed is written once it can be read. */
function JsonField({ aria, value, onValue }: { aria: FieldAria; value: unknown; onValue: (value: unknown) => void }) {
  const [typed, setTyped] = useState<string>();
  const input = (text: string) => {
    setTyped(text);
    try {
      onValue(text.trim() === '' ? undefined : JSON.parse(text));
    } catch {
      // Half a value: the field keeps it until the rest is typed.
    }
  };
  return (
    <textarea
      {...aria}
      class="pattern"
      rows={1}
      spellcheck={false}
      placeholder="JSON"
      value={typed ?? (value === undefined ? '' : JSON.stringify(value))}
      onInput={(event) => input(event.currentTarget.value)}
      onBlur={() => setTyped(undefined)}
    />
  );
}
