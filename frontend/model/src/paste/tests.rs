use super::*;

/// A picture in Word, as its clipboard has it.
const WORD_PICTURE: &str = r##"<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head><meta name=Generator content="Microsoft Word 15"><title>Document1</title>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings>text</o:OfficeDocumentSettings></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm; font-size:12.0pt;} --></style></head>
<body lang=EN-GB><!--StartFragment--><span style='mso-no-proof:yes'><!--[if gte vml 1]><v:shapetype id="_x0000_t75">
</v:shapetype><![endif]--><![if !vml]><IMG width=640 height=480 src="file:///C:/clip_image002.png"><![endif]></span>
<p class=MsoNormal><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"##;

/// Two cells of Excel, whose clipboard also has a picture of them.
const EXCEL_CELLS: &str = "<html><head><style>td {color:black}</style></head><body><table><!--StartFragment-->\
                           <tr><td>Apples</td><td align=right>3</td></tr><!--EndFragment--></table></body></html>";

fn check(source: &str, text: &str, html: &str, files: &[&str], expect: Paste) {
    let files: Vec<String> = files.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(ClipboardFormats { text, html, files: &files }.paste(), expect, "{source}");
}

#[test]
fn text_that_comes_with_a_picture_is_pasted_as_text() {
    let picture = &["image.png"];
    for (source, text, html) in [
        ("cells of Excel", "Apples\t3\r\n", EXCEL_CELLS),
        ("cells of Numbers", "Apples\t3", ""),
        ("one cell of LibreOffice Calc", "3", "<table><tr><td sdval=\"3\">3</td></tr></table>"),
        ("a cell with an address", "https://example.com/a", "<table><tr><td>https://example.com/a</td></tr></table>"),
        ("a paragraph of Word", "Dear all,", "<p class=MsoNormal>Dear all,<o:p></o:p></p>"),
        ("a paragraph with a picture", "See below \r\n", "<p>See below <img src=\"file:///C:/a.png\"></p>"),
        ("a note of OneNote", "Milk", "<p>Milk</p>"),
        ("a slide with a title", "Plan for May", ""),
        ("a cell that names a file and more", "boat.png is the new one", "<td>boat.png is the new one</td>"),
        ("cells of which one names a file", "boat.png\n3 pieces", ""),
        ("a paragraph without plain text", "", "<p>Dear all</p><img src=a.png>"),
        ("an address in a sentence", "see https://example.com/a.html", ""),
    ] {
        check(source, text, html, picture, Paste::Text);
    }
}

#[test]
fn a_picture_is_attached_even_if_the_clipboard_names_it() {
    let picture = &["image.png"];
    for (source, text, html) in [
        ("a screenshot", "", ""),
        (
            "an image of a page in Chromium",
            "",
            "<meta charset='utf-8'><img src=\"https://example.com/a.png\" alt=\"A cat\"/>",
        ),
        ("an image of a page with its text", "A cat", "<img src=\"https://example.com/a\" alt=\"A > cat\">"),
        ("an image of a page with its address", "https://example.com/cat?format=jpg", ""),
        (
            "an image of a page with its address in HTML",
            "https://example.com/cat",
            "<html><body><!--StartFragment--><img src=x><!--EndFragment--></body></html>",
        ),
        ("an image in a link", "https://example.com/", "<a href=\"https://example.com/\"><img src=x></a>"),
        ("a picture of Word", " ", WORD_PICTURE),
        ("a chart of Excel", "", "<html><body><img width=300 src=\"file:///C:/chart.png\"></body></html>"),
        (
            "a picture of Google Docs",
            "",
            "<meta charset='utf-8'><b style=\"font-weight:normal;\"><img src=\"https://lh7.example/x\" /></b>",
        ),
        ("a picture with the zero that ends it", "\0".trim_matches('\0'), "<img src=x>\0"),
        ("blank text", " \r\n\t", ""),
        ("a file of the Finder whose picture is its icon", "Holiday 2026.JPG", ""),
    ] {
        check(source, text, html, picture, Paste::Files);
    }
}

#[test]
fn a_copied_file_is_attached_and_not_its_name() {
    for (source, text, files) in [
        ("the Explorer", "", &["boat.png"][..]),
        ("the Finder", "boat.png", &["boat.png"]),
        ("two files of the Finder", "boat.png\rnotes.pdf".replace('\r', "\n").leak(), &["boat.png", "notes.pdf"]),
        ("a file manager that gives paths", "/home/ann/boat.png\n/home/ann/b c.gif", &["boat.png", "b c.gif"]),
        ("a file manager that gives addresses", "file:///home/ann/b%20c.gif", &["b c.gif"]),
        ("a path of Windows", r"C:\Users\Ann\boat", &["boat"]),
        ("a name in another script", "写真.png", &["写真.png"]),
        ("a document", "Letter.docx", &["Letter.docx"]),
    ] {
        check(source, text, "", files, Paste::Files);
    }
}

#[test]
fn a_clipboard_without_files_is_text() {
    for (source, text, html) in [
        ("an editor", "let x = 1;", ""),
        ("VS Code", "let x = 1;", "<meta charset='utf-8'><div style=\"color:#000\"><span>let x = 1;</span></div>"),
        ("Google Docs", "Dear all", "<meta charset='utf-8'><b id=\"docs-internal-guid-1\"><p>Dear all</p></b>"),
        ("nothing", "", ""),
        ("a name", "boat.png", ""),
    ] {
        check(source, text, html, &[], Paste::Text);
    }
}

#[test]
fn torn_html_is_read_to_its_end() {
    for html in ["<", "<img", "<!--", "<style>a", "<img src=x><p", "é<é>é", "<imgé>", "<xml", "<!-- --", "&nbsp"] {
        let files = ["image.png".to_owned()];
        for end in (0..=html.len()).filter(|end| html.is_char_boundary(*end)) {
            _ = ClipboardFormats { text: "", html: &html[..end], files: &files }.paste();
        }
    }
}
