//! Writes the gallery, `cargo xtask gallery`: its arguments are the addresses of the built style sheets.

fn main() {
    let styles: Vec<String> = std::env::args().skip(1).collect();
    println!("{}", frontend::gallery::page(&styles));
}
