import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The window's policy allows no inline script, no inline style and no data: address, so nothing is
// inlined; WebKitGTK 2.50 is the only browser, and safari16 is the nearest named target.
export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  build: {
    target: 'safari16',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
  },
});
