//! The generator: `tenantry-uniffi-bindgen generate LIBRARY --language kotlin --out-dir FOLDER`.
//!
//! A crate of its own, so that what only it needs is in no application.

fn main() {
    uniffi::uniffi_bindgen_main();
}
