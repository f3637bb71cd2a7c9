import type { ResolveFnOutput, ResolveHookContext } from 'node:module';

type Next = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput | Promise<ResolveFnOutput>;

/** Packages that must be loaded only once: the engine, tfjs under it, and the schemas that it checks. */
const OWN = /^(diffusteer|@tensorflow\/[^/]+|@sinclair\/typebox)(\/.*)?$/;

/**
 * A resolve hook of Node. It resolves imports of diffusteer and of the packages above to the running copy, wherever the plugin is and
 * whatever its node_modules holds.
 */
export function resolve(specifier: string, context: ResolveHookContext, next: Next): ResolveFnOutput | Promise<ResolveFnOutput> {
  // A package can import itself by name (its "exports"), in a clone and in a node_modules folder alike.
  if (!OWN.test(specifier)) return next(specifier, context);
  const installed = specifier === '@tensorflow/tfjs' ? '@tensorflow/tfjs-core' : specifier; // the part of tfjs that the engine runs
  return next(installed, { ...context, parentURL: import.meta.url });
}
