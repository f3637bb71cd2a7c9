import type { ComponentChildren, TargetedInputEvent, TargetedKeyboardEvent } from 'preact';
import { useId, useState } from 'preact/hooks';
import { problemsUnder } from '../config/problems.js';

/** Shows the problems of a value below its field. */
export function Problems({ at, id }: { at: string; id?: string }) {
  const wrong = problemsUnder(at);
  if (wrong.length === 0) return null;
  return (
    <ul class="problems" id={id} data-path={at}>
      {wrong.map(({ path, message }) => (
        <li key={path + message}>{message}</li>
      ))}
    </ul>
  );
}

/** Attributes by which a field belongs to its label and to its problems. */
export interface FieldAria {
  id: string;
  'aria-invalid'?: boolean;
  'aria-describedby'?: string;
}

interface RowProps {
  readonly label: string;
  readonly at: string;
  readonly hint?: string | undefined;
  readonly children: (aria: FieldAria) => ComponentChildren;
}

/** A labelled row whose field is described by the problems at its JSON path. */
export function Row({ label, at, hint, children }: RowProps) {
  const id = useId();
  const isWrong = problemsUnder(at).length > 0;
  return (
    <div class={isWrong ? 'row wrong' : 'row'}>
      <label class="name" for={id} title={hint}>
        {label}
      </label>
      <div class="field">
        {children({ id, ...(isWrong ? { 'aria-invalid': true, 'aria-describedby': `${id}-problems` } : {}) })}
        <Problems at={at} id={`${id}-problems`} />
      </div>
    </div>
  );
}

interface NumberProps {
  readonly value: number;
  readonly onValue: (value: number) => void;
  readonly id?: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | 'any';
  readonly disabled?: boolean;
  readonly 'aria-label'?: string;
}

/** A number that is written once it is one; what is typed meanwhile stays. */
export function NumberInput({ value, onValue, min, max, ...rest }: NumberProps) {
  const [typed, setTyped] = useState<string>();
  const input = (event: TargetedInputEvent<HTMLInputElement>) => {
    const { value: entered, valueAsNumber } = event.currentTarget;
    setTyped(entered);
    if (Number.isFinite(valueAsNumber)) onValue(valueAsNumber);
  };
  return (
    <input
      {...rest}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
      type="number"
      value={typed ?? value}
      onInput={input}
      onBlur={() => setTyped(undefined)}
    />
  );
}

interface ChipsProps {
  readonly values: readonly string[];
  readonly onValues: (values: string[]) => void;
  readonly aria: FieldAria;
}

/** A list of words or phrases, each with a button that takes it out. Enter or a comma adds what is typed. */
export function Chips({ values, onValues, aria }: ChipsProps) {
  const [typed, setTyped] = useState('');
  const add = (phrase: string) => {
    setTyped('');
    if (phrase.trim() !== '') onValues([...values, phrase.trim()]);
  };
  const key = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      add(typed);
    } else if (event.key === 'Backspace' && typed === '') onValues(values.slice(0, -1));
  };
  return (
    <span class="chips">
      {values.map((phrase, i) => (
        <button
          key={i}
          type="button"
          class="chip"
          aria-label={`Remove ${phrase}`}
          onClick={() => onValues(values.filter((_, k) => k !== i))}
        >
          {phrase}
          <span aria-hidden="true">×</span>
        </button>
      ))}
      <input
        {...aria}
        class="add"
        type="text"
        autocomplete="off"
        autocapitalize="none"
        enterkeyhint="done"
        placeholder="add …"
        list="vocabulary"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={key}
        onBlur={() => add(typed)}
      />
    </span>
  );
}

/** One of a few values, as a row of buttons. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onValue,
}: {
  label: string;
  value: T;
  options: readonly (readonly [value: T, name: string])[];
  onValue: (value: T) => void;
}) {
  const name = useId();
  return (
    <span class="choice" role="radiogroup" aria-label={label}>
      {options.map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onValue(option)} />
          <span>{text}</span>
        </label>
      ))}
    </span>
  );
}
