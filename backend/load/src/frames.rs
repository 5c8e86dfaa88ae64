//! The minimum of RFC 6455: frames of a client are made, frames of a server are split.

/// Returns a text frame of a client. Its mask is zero, which leaves the text as it is.
pub(crate) fn text(payload: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    let length = payload.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < 126 => frame.push(0x80 | short),
        (_, Ok(length)) => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload.as_bytes());
    frame
}

/// Splits a stream of bytes into the frames of a server.
#[derive(Default)]
pub(crate) struct Frames {
    /// The start of a frame whose rest has not arrived.
    rest: Vec<u8>,
}

impl Frames {
    /// Calls `each` with the payload of each frame that is complete after these bytes.
    pub(crate) fn split(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8])) {
        if self.rest.is_empty() {
            let used = whole_frames(bytes, &mut each);
            self.rest.extend_from_slice(&bytes[used..]);
        } else {
            self.rest.extend_from_slice(bytes);
            let used = whole_frames(&self.rest, &mut each);
            self.rest.drain(..used);
        }
    }
}

/// Returns how many bytes the whole frames take.
fn whole_frames(bytes: &[u8], each: &mut impl FnMut(&[u8])) -> usize {
    let mut used = 0;
    while let Some((head, length)) = header(&bytes[used..]) {
        let Some(payload) = bytes.get(used + head..used + head + length) else { break };
        each(payload);
        used += head + length;
    }
    used
}

/// Returns the length of the header and that of the payload; `None` if the header is incomplete.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes.get(1)? & 0x7f {
        126 => Some((4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)))),
        127 => Some((10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?)),
        length => Some((2, usize::from(length))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_wherever_the_bytes_are_cut() {
        let payloads = ["", "a", &"b".repeat(125), &"c".repeat(126), &"d".repeat(70_000), "e"];
        let mut stream = Vec::new();
        for payload in payloads {
            // A server does not mask: the mask of zeros and its bit are taken out.
            let mut frame = text(payload);
            let head = frame.len() - payload.len();
            frame.drain(head - 4..head);
            frame[1] &= 0x7f;
            stream.extend(frame);
        }
        for step in [1, 7, 4_096, stream.len()] {
            let (mut frames, mut found) = (Frames::default(), Vec::new());
            for part in stream.chunks(step) {
                frames.split(part, |payload| found.push(String::from_utf8_lossy(payload).into_owned()));
            }
            assert_eq!(found, payloads, "in steps of {step}");
        }
    }
}
