//! The program of the page: takes over the HTML of the server, or draws the page itself where there is none.

fn main() {
    frontend::start::start();
}
