//! Names of browsers and systems from the `User-Agent` header.

/// The names in the header and the browsers that they mean. The first that is found counts: most browsers also name those that they
/// are similar to.
const BROWSERS: [(&str, &str); 14] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for operating systems.
const SYSTEMS: [(&str, &str); 8] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
];

/// Maximum number of bytes of the header that are read. Browsers send about 120.
const READ_BYTES: usize = 512;

/// Returns the browser and the system of a `User-Agent` header. Both are one of the names above, never text of the header, so nobody can
/// choose what others or a log read.
pub(super) fn browser_and_system(user_agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    let read = user_agent.get(..READ_BYTES).unwrap_or(if user_agent.len() > READ_BYTES { "" } else { user_agent });
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(part, _)| read.contains(part)).map(|(_, name)| *name);
    (first(&BROWSERS), first(&SYSTEMS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_have_their_names() {
        for (header, browser, system) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", "Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                "Chrome",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
        ] {
            assert_eq!(browser_and_system(header), (Some(browser), Some(system)), "{header}");
        }
    }

    #[test]
    fn an_unknown_header_has_no_name() {
        let long = "x".repeat(100_000) + "Firefox/1 Linux";
        let letters = "é".repeat(1_000);
        for header in ["", "curl/8.5.0", "<script>alert(1)</script>", "\u{202e}xoferiF", &long, &letters] {
            assert_eq!(browser_and_system(header), (None, None), "{header:.40}");
        }
        assert_eq!(browser_and_system("<b>Firefox/1</b> on \u{202e}Linux"), (Some("Firefox"), Some("Linux")));
    }
}
