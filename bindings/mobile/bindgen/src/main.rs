//! `eyeline-bindgen generate --library LIBRARY --language kotlin|swift --out-dir FOLDER`: what a shared library of
//! `eyeline-mobile` says about itself, as Kotlin or Swift.

fn main() {
    uniffi::uniffi_bindgen_main();
}
