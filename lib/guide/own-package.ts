import type { ResolveFnOutput, ResolveHookContext } from 'node:module';

type Next = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput | Promise<ResolveFnOutput>;

/** What there may be one copy of only: the engine, tfjs under it, and the schemas that it checks. */
const OWN = /^(diffusteer|@tensorflow\/[^/]+|@sinclair\/typebox)(\/.*)?$/;

/**
 * A resolve hook of Node. What a plugin imports of diffusteer and of what it stands on is the running copy, wherever the plugin
 * lies and whatever its own node_modules holds.
 */
export function resolve(specifier: string, context: ResolveHookContext, next: Next): ResolveFnOutput | Promise<ResolveFnOutput> {
  // The package that this file is of finds itself by its name (its "exports"), in a clone and in a node_modules folder alike.
  if (!OWN.test(specifier)) return next(specifier, context);
  const installed = specifier === '@tensorflow/tfjs' ? '@tensorflow/tfjs-core' : specifier; // the part of tfjs that the engine runs
  return next(installed, { ...context, parentURL: import.meta.url });
}
