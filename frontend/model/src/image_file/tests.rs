use super::*;

/// A word that no image should contain after its metadata was removed.
const SECRET: &[u8] = b"52.5200 N";

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes()[..], name, data, b"crc!"].concat()
}

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = chunk(b"IHDR", b"\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0");
    [b"\x89PNG\r\n\x1a\n", &*header, &chunks.concat(), &chunk(b"IDAT", b"pixels"), &chunk(b"IEND", b"")].concat()
}

fn webp_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let padding = &b"\0"[..data.len() % 2];
    [&name[..], &(data.len() as u32).to_le_bytes(), data, padding].concat()
}

fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat()
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &(data.len() as u16 + 2).to_be_bytes(), data].concat()
}

/// A JPEG with these segments before its frame. Its scan has a restart marker and an escaped 0xff.
fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    let frame = segment(0xc0, b"\x08\0\x02\0\x03\x01\x01\x11\0");
    let scan = [segment(0xda, b"\x01\x01\0\0\x3f\0"), b"a\xff\0b\xff\xd0c".to_vec()].concat();
    let tables = segment(0xc4, b"tables");
    [&b"\xff\xd8"[..], &segments.concat(), &frame, &tables, &scan, &tables, &scan, b"\xff\xd9"].concat()
}

fn exif(little_endian: bool, orientation: u8) -> Vec<u8> {
    let tiff = if little_endian {
        [b"II*\0\x08\0\0\0\x02\0\x10\x01\x02\0\x04\0\0\0Cam\0\x12\x01\x03\0\x01\0\0\0".to_vec(), vec![orientation, 0]]
    } else {
        [b"MM\0*\0\0\0\x08\0\x02\x01\x10\0\x02\0\0\0\x04Cam\0\x01\x12\0\x03\0\0\0\x01\0".to_vec(), vec![orientation]]
    };
    segment(0xe1, &[b"Exif\0\0", &*tiff.concat(), &[0; 6], SECRET].concat())
}

fn gif(blocks: &[&[u8]]) -> Vec<u8> {
    [b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff", &*blocks.concat(), b";"].concat()
}

const GIF_FRAME: &[u8] = b"!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
const GIF_LOOP: &[u8] = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0";

fn animated_webp() -> Vec<u8> {
    let frame = webp_chunk(b"ANMF", &[[0; 16].as_slice(), &webp_chunk(b"VP8 ", b"odd")].concat());
    let canvas = webp_chunk(b"VP8X", b"\x2e\0\0\0\x02\0\0\x01\0\0");
    let [exif, xmp] = [b"EXIF", b"XMP "].map(|name| webp_chunk(name, SECRET));
    webp(&[canvas, webp_chunk(b"ICCP", b"profile"), webp_chunk(b"ANIM", &[0; 6]), frame.clone(), frame, exif, xmp])
}

fn animated_png(frames: u8) -> Vec<u8> {
    let control = chunk(b"acTL", &[0, 0, 0, frames, 0, 0, 0, 0]);
    png(&[control, chunk(b"fcTL", &[0; 26]), chunk(b"tEXt", SECRET), chunk(b"eXIf", SECRET), chunk(b"tRNS", b"\0\0")])
}

/// Files of every format, whether they move, and their parts that hold metadata.
fn files() -> Vec<(&'static str, ImageType, bool, Vec<u8>)> {
    use ImageType::{Gif, Jpeg, Png, Webp};
    vec![
        ("a PNG", Png, false, png(&[])),
        (
            "a PNG with texts",
            Png,
            false,
            png(&[chunk(b"iTXt", SECRET), chunk(b"tIME", SECRET), chunk(b"prIv", SECRET)]),
        ),
        ("a PNG with bytes after its end", Png, false, [png(&[]), SECRET.to_vec()].concat()),
        ("an animated PNG", Png, true, animated_png(2)),
        ("an animated PNG of one frame", Png, false, animated_png(1)),
        ("a GIF", Gif, false, gif(&[GIF_FRAME])),
        ("a GIF of two frames", Gif, true, gif(&[GIF_LOOP, GIF_FRAME, GIF_FRAME])),
        ("a GIF with a comment", Gif, false, gif(&[b"!\xfe\x0952.5200 N\0", GIF_FRAME])),
        ("a GIF with XMP", Gif, true, gif(&[b"!\xff\x0bXMP DataXMP\x0952.5200 N\0", GIF_FRAME, GIF_FRAME])),
        ("a GIF with bytes after its end", Gif, false, [gif(&[GIF_FRAME]), SECRET.to_vec()].concat()),
        ("an animated WebP", Webp, true, animated_webp()),
        ("a WebP", Webp, false, webp(&[webp_chunk(b"VP8 ", b"pixels")])),
        (
            "a WebP with EXIF",
            Webp,
            false,
            webp(&[
                webp_chunk(b"VP8X", b"\x08\0\0\0\0\0\0\0\0\0"),
                webp_chunk(b"VP8L", b"pixel"),
                webp_chunk(b"EXIF", SECRET),
            ]),
        ),
        ("a JPEG", Jpeg, false, jpeg(&[segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"), segment(0xdb, b"table")])),
        (
            "a JPEG with EXIF, XMP and a comment",
            Jpeg,
            false,
            jpeg(&[exif(false, 1), segment(0xe1, SECRET), segment(0xfe, SECRET)]),
        ),
        (
            "a JPEG with a second image",
            Jpeg,
            false,
            [jpeg(&[segment(0xe2, &[b"MPF\0", SECRET].concat())]), SECRET.to_vec()].concat(),
        ),
        (
            "a JPEG with a colour profile",
            Jpeg,
            false,
            jpeg(&[segment(0xe2, b"ICC_PROFILE\0\x01\x01p"), segment(0xee, b"Adobe\0d")]),
        ),
    ]
}

#[test]
fn a_format_is_found_by_the_first_bytes() {
    let brands = |brands: &[u8]| [&(8 + brands.len() as u32).to_be_bytes()[..], b"ftyp", brands].concat();
    for (head, format) in [
        (png(&[]), Format::Image(ImageType::Png)),
        (jpeg(&[]), Format::Image(ImageType::Jpeg)),
        (gif(&[]), Format::Image(ImageType::Gif)),
        (webp(&[]), Format::Image(ImageType::Webp)),
        (brands(b"heic\0\0\0\0mif1heic"), Format::Heic),
        (brands(b"heix\0\0\0\0"), Format::Heic),
        (brands(b"hevc\0\0\0\0msf1"), Format::Heic),
        (brands(b"mif1\0\0\0\0mif1miaf"), Format::Heic),
        (brands(b"mif1\0\0\0\0mif1heicmiaf"), Format::Heic),
        (brands(b"msf1\0\0\0\0"), Format::Heic),
        (brands(b"avif\0\0\0\0mif1miafMA1B"), Format::Avif),
        (brands(b"mif1\0\0\0\0avifmiaf"), Format::Avif),
        (brands(b"avis\0\0\0\0avifmsf1"), Format::Avif),
        (brands(b"isom\0\0\x02\0isomiso2avc1mp41"), Format::Video),
        (brands(b"qt  \0\0\0\0"), Format::Video),
        (brands(b"crx \0\0\0\x01crx isom"), Format::Foreign("CR3")),
        // The box is torn, or its length is wrong.
        (b"\0\0\0\x18ftypheic".to_vec(), Format::Heic),
        (b"\0\0\0\0ftypheic".to_vec(), Format::Video),
        (b"II*\0\x08\0\0\0".to_vec(), Format::Foreign("TIFF")),
        (b"MM\0*\0\0\0\x08".to_vec(), Format::Foreign("TIFF")),
        (b"\xff\x0a\0\0".to_vec(), Format::Foreign("JPEG XL")),
        (b"\0\0\0\x0cJXL \r\n\x87\n".to_vec(), Format::Foreign("JPEG XL")),
        (b"%PDF-1.7".to_vec(), Format::Foreign("PDF")),
        (b"\x1a\x45\xdf\xa3".to_vec(), Format::Video),
        (b"<svg xmlns".to_vec(), Format::Unknown),
        (b"just text".to_vec(), Format::Unknown),
        (Vec::new(), Format::Unknown),
    ] {
        assert_eq!(Format::of(&head), format, "{}", head.escape_ascii());
    }
}

#[test]
fn a_file_moves_if_it_has_more_than_one_frame() {
    for (name, kind, animated, bytes) in files() {
        assert_eq!(is_animated(Format::Image(kind), &bytes), animated, "{name}");
        assert_eq!(Format::of(&bytes), Format::Image(kind), "{name}");
    }
    let torn = gif(&[GIF_LOOP, GIF_FRAME, GIF_FRAME, GIF_FRAME]);
    assert!(is_animated(Format::Image(ImageType::Gif), &torn[..torn.len() - 9]), "the beginning of a large GIF");
    assert!(is_animated(Format::Avif, b"\0\0\0\x1cftypavis\0\0\0\0avifmsf1"));
    assert!(!is_animated(Format::Avif, b"\0\0\0\x1cftypavif\0\0\0\0mif1miaf"));
}

#[test]
fn metadata_is_removed_and_the_picture_stays() {
    for (name, kind, animated, bytes) in files() {
        let clean = without_metadata(kind, &bytes).expect(name);
        assert!(!clean.windows(SECRET.len()).any(|window| window == SECRET), "{name}");
        assert_eq!(is_animated(Format::Image(kind), &clean), animated, "{name}");
        assert_eq!(without_metadata(kind, &clean).as_ref(), Some(&clean), "{name}: a second time");
        let pixels = |bytes: &[u8]| {
            let mut pixels = Vec::new();
            let is_pixels = |part: &[u8]| {
                matches!(
                    part,
                    [b',', ..]
                        | [0xff, 0xda | 0xc0, ..]
                        | [b'A', b'N', b'M' | b'I', ..]
                        | [b'V', b'P', b'8', b' ' | b'L', ..]
                ) || part.get(4..8).is_some_and(|name| {
                    [b"IHDR", b"IDAT", b"acTL", b"fcTL", b"tRNS"].iter().any(|kept| kept.as_slice() == name)
                })
            };
            each_part(kind, bytes, &mut |part| pixels.extend(is_pixels(part).then(|| part.to_vec())));
            pixels
        };
        assert_eq!(pixels(&clean), pixels(&bytes), "{name}");
        assert!(!pixels(&bytes).is_empty(), "{name}");
    }
}

#[test]
fn a_clean_webp_announces_its_own_length_and_no_metadata() {
    let clean = without_metadata(ImageType::Webp, &animated_webp()).unwrap();
    assert_eq!(clean[4..8], (clean.len() as u32 - 8).to_le_bytes());
    assert_eq!(clean[20], 0x22, "a colour profile and an animation");
}

#[test]
fn the_orientation_of_a_photo_is_kept() {
    for (orientation, is_turned) in [(1, false), (3, false), (6, true), (8, true)] {
        for little_endian in [true, false] {
            let photo = jpeg(&[exif(little_endian, orientation)]);
            let clean = without_metadata(ImageType::Jpeg, &photo).unwrap();
            let stored = if is_turned { (3, 2) } else { (2, 3) };
            assert_eq!(stored_size(ImageType::Jpeg, &photo, (2, 3)), stored, "{orientation}");
            assert_eq!(stored_size(ImageType::Jpeg, &clean, (2, 3)), stored, "{orientation}, clean");
            assert_eq!(clean.windows(4).any(|part| part == b"Exif"), orientation != 1, "{orientation}");
        }
    }
    let two = jpeg(&[exif(true, 6), exif(false, 1)]);
    assert_eq!(stored_size(ImageType::Jpeg, &two, (2, 3)), (3, 2), "the first of two counts");
    assert_eq!(stored_size(ImageType::Jpeg, &without_metadata(ImageType::Jpeg, &two).unwrap(), (2, 3)), (3, 2));
    for invalid in [0, 9, 200] {
        let clean = without_metadata(ImageType::Jpeg, &jpeg(&[exif(true, invalid)])).unwrap();
        assert_eq!(clean, jpeg(&[]), "{invalid}");
    }
}

#[test]
fn a_torn_file_has_no_clean_copy() {
    for (name, kind, _, bytes) in files() {
        let whole = without_metadata(kind, &bytes);
        for end in 0..bytes.len() {
            let torn = without_metadata(kind, &bytes[..end]);
            assert!(torn.is_none() || torn == whole, "{name}, the first {end} bytes");
        }
    }
}

#[test]
fn a_jpeg_with_a_marker_that_is_none_has_no_clean_copy() {
    let whole = jpeg(&[]);
    let end = whole.len() - 2;
    let torn = [&whole[..end], &segment(0xfe, SECRET), b"\xff\0\0\x04ab", &whole[end..]].concat();
    assert_eq!(without_metadata(ImageType::Jpeg, &torn), None);
}

#[test]
fn damaged_files_are_read_without_a_panic() {
    for (_, kind, _, bytes) in files() {
        for at in 0..bytes.len() {
            for value in [0, 1, 2, 0x7f, 0x80, 0xd9, 0xda, 0xfe, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                for kind in [kind, ImageType::Png, ImageType::Jpeg, ImageType::Gif, ImageType::Webp] {
                    _ = is_animated(Format::Image(kind), &damaged);
                    _ = stored_size(kind, &damaged, (1, 2));
                    if let Some(clean) = without_metadata(kind, &damaged) {
                        assert!(clean.len() <= damaged.len() + 36);
                    }
                }
                _ = Format::of(&damaged);
            }
        }
    }
}
