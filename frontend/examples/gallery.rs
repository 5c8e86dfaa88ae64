//! Writes the gallery, `cargo xtask gallery`: its one argument is the address of the built style sheet.

fn main() {
    let style = std::env::args().nth(1).unwrap_or_default();
    println!("{}", frontend::gallery::page(&style));
}
