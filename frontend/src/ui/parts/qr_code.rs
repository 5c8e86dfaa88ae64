//! QR codes, drawn as one path. The style sheet makes them dark on white in every colour scheme, because scanners expect that.

use page_view::{Element, element};
use qrcodegen::{QrCode, QrCodeEcc};

/// Width of the white border that scanners need, in modules (ISO/IEC 18004).
const QUIET_ZONE: i32 = 4;

/// Draws a QR code of a text. `None` if the text is too long for one: 2,331 bytes.
pub(crate) fn qr_code(text: &str, label: &'static str) -> Option<Element> {
    let code = QrCode::encode_binary(text.as_bytes(), QrCodeEcc::Medium).ok()?;
    let side = (code.size() + 2 * QUIET_ZONE).to_string();
    let drawing = element("path").with("d", path(&code));
    Some(
        element("svg")
            .class("qr-code")
            .with("viewBox", ["0 0 ", &side, " ", &side].concat())
            .with("role", "img")
            .with("aria-label", label)
            .child(drawing),
    )
}

/// Returns the dark modules as a path: a rectangle for each run of them in a row.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let [left, top, width] =
                    [start + QUIET_ZONE, y + QUIET_ZONE, x - start].map(|number| number.to_string());
                path.extend(["M", &left, " ", &top, "h", &width, "v1h-", &width, "z"]);
            }
            x += 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the modules that a path covers.
    fn covered(path: &str) -> Vec<(i32, i32)> {
        let runs = path.split('M').skip(1).flat_map(|run| {
            let (start, rest) = run.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (width, rest) = rest.split_once('v').unwrap();
            assert_eq!(rest, format!("1h-{width}z"));
            let (x, y, width): (i32, i32, i32) = (x.parse().unwrap(), y.parse().unwrap(), width.parse().unwrap());
            (x..x + width).map(move |x| (x, y))
        });
        runs.collect()
    }

    #[test]
    fn the_path_covers_each_dark_module_once() {
        for text in ["https://chat.example/r/cats", "https://chat.example/", ""] {
            let code = QrCode::encode_binary(text.as_bytes(), QrCodeEcc::Medium).unwrap();
            let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
            let dark = all.filter(|(x, y)| code.get_module(*x, *y)).map(|(x, y)| (x + QUIET_ZONE, y + QUIET_ZONE));
            assert_eq!(covered(&path(&code)), dark.collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_has_no_qr_code() {
        assert!(qr_code(&"x".repeat(2_331), "a").is_some());
        assert!(qr_code(&"x".repeat(2_332), "a").is_none());
    }
}
