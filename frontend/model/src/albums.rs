//! Which images go into one message.

use shared_types::{
    AltText, MessageText,
    limits::{ALBUM_CHARS, MESSAGE_IMAGES},
};

/// Divides images into messages, in their order and with as many in each as it can have. The first message has the text.
pub fn albums<T>(
    text: Option<&MessageText>,
    images: Vec<T>,
    description: impl Fn(&T) -> Option<&AltText>,
) -> Vec<Vec<T>> {
    let mut chars = text.map_or(0, |text| text.as_str().chars().count());
    let mut albums: Vec<Vec<T>> = Vec::new();
    for image in images {
        let alt = description(&image).map_or(0, |alt| alt.as_str().chars().count());
        chars += alt;
        match albums.last_mut() {
            Some(album) if album.len() < MESSAGE_IMAGES && chars <= ALBUM_CHARS => album.push(image),
            last => {
                if last.is_some() {
                    chars = alt;
                }
                albums.push(vec![image]);
            }
        }
    }
    albums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(text_chars: usize, alts: &[usize]) -> Vec<Vec<usize>> {
        let text = "x".repeat(text_chars).parse::<MessageText>().ok();
        let images = alts.iter().map(|chars| (*chars, "y".repeat(*chars).parse::<AltText>().ok())).collect();
        let albums = albums(text.as_ref(), images, |(_, alt)| alt.as_ref());
        albums.into_iter().map(|album| album.into_iter().map(|(chars, _)| chars).collect()).collect()
    }

    #[test]
    fn images_are_one_message_as_long_as_they_fit() {
        for (text, alts, expected) in [
            (0, &[][..], vec![]),
            (0, &[7], vec![vec![7]]),
            (4_000, &[1_000], vec![vec![1_000]]),
            (4_000, &[0, 750], vec![vec![0, 750]]),
            (4_000, &[1, 750], vec![vec![1], vec![750]]),
            (4_000, &[1_000, 5, 5], vec![vec![1_000], vec![5, 5]]),
            (0, &[1_000, 1_000, 1_000, 1_000, 750, 0, 1], vec![vec![1_000, 1_000, 1_000, 1_000, 750, 0], vec![1]]),
            (9, &[0; 10], vec![vec![0; 10]]),
            (9, &[0; 12], vec![vec![0; 10], vec![0; 2]]),
        ] {
            assert_eq!(sizes(text, alts), expected, "{text} {alts:?}");
        }
    }
}
