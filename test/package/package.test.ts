import { readFile } from 'node:fs/promises';
import { expect } from 'chai';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

const read = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;

describe('the dependencies', () => {
  it('leave the install script of onnxruntime-node out of the lock file: npm 10 would run it and download CUDA libraries', async () => {
    const { packages } = await read<LockFile>('package-lock.json');
    const locked = packages['node_modules/onnxruntime-node'];
    expect(locked, 'delete its line "hasInstallScript": true').to.exist.and.not.have.property('hasInstallScript');
  });

  it('pin the onnxruntime-node of transformers.js, so that a project gets one copy', async () => {
    const own = await read<Manifest>('package.json');
    const transformers = await read<Manifest>('node_modules/@xenova/transformers/package.json');
    expect(own.dependencies['onnxruntime-node']).to.equal(transformers.dependencies['onnxruntime-node']);
  });
});
