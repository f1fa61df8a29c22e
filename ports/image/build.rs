//! Tells the linker where flash and memory are.

fn main() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo::rustc-link-search={folder}");
    println!("cargo::rustc-link-arg=-Tlink.x");
    // Functions that are the same for different types are there once.
    println!("cargo::rustc-link-arg=--icf=all");
    println!("cargo::rerun-if-changed=memory.x");
}
