import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'jsdom',
    include: ['src/**/*.spec.ts'],
    // A busy machine is slow; no test is judged by its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Lab's packages are modules without saying so: they go through the transformer.
    server: { deps: { inline: [/@jupyterlab/, /@lumino/, /@jupyter\//, /lib0/, /y-protocols/] } }
  }
});
