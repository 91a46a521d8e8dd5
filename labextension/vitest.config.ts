import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'jsdom',
    include: ['src/**/*.spec.ts'],
    // Lab's packages are modules without saying so: they go through the transformer.
    server: { deps: { inline: [/@jupyterlab/, /@lumino/, /@jupyter\//, /lib0/, /y-protocols/] } }
  }
});
