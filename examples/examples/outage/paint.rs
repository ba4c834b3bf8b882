//! Colour on terminals, unless `NO_COLOR` is set.

use std::io::IsTerminal;
use std::sync::LazyLock;

#[derive(Clone, Copy)]
pub enum Colour {
    Green = 32,
    Yellow = 33,
    Red = 31,
    Grey = 90,
}

static WANTED: LazyLock<bool> = LazyLock::new(|| {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    !refused && !dumb && std::io::stdout().is_terminal()
});

pub fn paint(colour: Colour, text: &str) -> String {
    if *WANTED && !text.is_empty() { format!("\x1b[{}m{text}\x1b[0m", colour as u8) } else { text.into() }
}
