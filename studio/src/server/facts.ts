import type { GuideInfo } from 'diffusteer/client';

/** A JSON schema, as far as the page reads it. */
export interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: OptionSchema | readonly OptionSchema[];
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly OptionSchema[];
}

/** Returns the options of a guide with their schemas. */
export const optionsOf = (guide: GuideInfo): Readonly<Record<string, OptionSchema>> =>
  (guide.options as OptionSchema).properties ?? {};

/** Returns the ways in which a guide acts with the present model. */
export const usableVias = (guide: GuideInfo): string[] =>
  guide.places.filter(({ obstacle }) => obstacle === undefined).map(({ via }) => via);

/** Returns the classes that a guide tells apart when it acts in a way, by default the first. */
export function classesOf(guide: GuideInfo, via: unknown): readonly string[] {
  const place = guide.places.find((one) => one.via === via) ?? guide.places[0];
  return place?.classes ?? [];
}
