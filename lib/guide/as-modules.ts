import type { ResolveFnOutput, ResolveHookContext } from 'node:module';

type Next = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput | Promise<ResolveFnOutput>;

/** Suffix of the URL of this package that marks the importer of a plugin. */
export const IMPORTER = '?plugins';

const SOURCE = /\.m?[tj]s$/;

/**
 * A resolve hook of Node, called after tsx's. It makes plugins and the files that they import ES modules, whatever their package.json
 * says: CommonJS modules would `require` their imports, which bypasses the hook of own-package.ts.
 */
export function resolve(specifier: string, context: ResolveHookContext, next: Next): ResolveFnOutput | Promise<ResolveFnOutput> {
  const found = next(specifier, context);
  if (!isOfPlugin(context.parentURL)) return found;
  return found instanceof Promise ? found.then(asModule) : asModule(found);
}

const isOfPlugin = (importer: string | undefined): boolean =>
  importer !== undefined && (importer.endsWith(IMPORTER) || importer.includes('tsx-namespace='));

function asModule(found: ResolveFnOutput): ResolveFnOutput {
  const { protocol, pathname } = new URL(found.url);
  const isOwn = protocol === 'file:' && SOURCE.test(pathname) && !pathname.includes('/node_modules/');
  return isOwn ? { ...found, format: 'module' } : found;
}
