//! Entry point of the page in the browser.

use talc::wasm::WasmDynamicTalc;

/// The allocator. It is half as large as the one of the standard library, because it never makes an allocation longer in place.
#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    frontend::start::start();
}
