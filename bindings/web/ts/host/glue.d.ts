// What wasm-bindgen generates for the core, as far as it is imported by name; the rest is typed in surface.ts.
declare module "#glue" {
  export const initSync: (from: { module: WebAssembly.Module }) => unknown;
  export const Restore: unknown;
}
