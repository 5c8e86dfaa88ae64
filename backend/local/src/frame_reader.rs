//! Reads the frames of a client. The library checks them (RFC 6455); the bytes come from the socket's task, so that a socket that is
//! silent holds no buffer.

use std::io::{self, Read, Write};

use tungstenite::{
    Error, Message,
    protocol::{Role, WebSocketConfig, WebSocketContext},
};

/// Size of the library's buffer, in bytes. It grows to the size of a longer frame. The library's default of 128 KB is held by each
/// socket for its whole life.
const BUFFER_BYTES: usize = 256;

/// Maximum sizes of what a client sends, in bytes.
#[derive(Clone, Copy)]
pub(crate) struct SizeLimits {
    /// Maximum size of a frame.
    pub(crate) frame: usize,
    /// Maximum size of a message in several frames.
    pub(crate) fragments: usize,
}

/// Reads frames from bytes.
pub(crate) struct FrameReader {
    context: WebSocketContext,
    /// What was received and not read yet, and the position in it.
    received: Vec<u8>,
    position: usize,
    /// Whether the client has closed its side of the connection.
    has_ended: bool,
    /// Whether the client broke the protocol. The library cannot read on.
    has_failed: bool,
    /// Answers of the protocol that have to be sent: pongs, and the answer to a close frame.
    replies: Vec<u8>,
}

impl FrameReader {
    /// Creates a reader.
    pub(crate) fn new(limits: SizeLimits, received: Vec<u8>) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(limits.fragments))
            .max_frame_size(Some(limits.frame));
        let context = WebSocketContext::new(Role::Server, Some(config));
        Self { context, received, position: 0, has_ended: false, has_failed: false, replies: Vec::new() }
    }

    /// Adds bytes that were received, after all before were read. None mean that the client has closed its side.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.has_ended |= bytes.is_empty();
        self.received.drain(..self.position);
        self.position = 0;
        self.received.extend_from_slice(bytes);
    }

    /// Returns the next frame; `None` if more bytes are needed.
    ///
    /// # Errors
    ///
    /// The client broke the protocol, or the connection has ended.
    pub(crate) fn next(&mut self) -> Result<Option<Message>, Error> {
        let Self { context, received, position, has_ended, has_failed, replies } = self;
        let mut stream = Stream { received: &received[*position..], has_ended: *has_ended, replies };
        let read = context.read(&mut stream);
        *position = received.len() - stream.received.len();
        match read {
            Ok(message) => Ok(Some(message)),
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                // A silent socket keeps no memory for what it received.
                (self.received, self.position) = (Vec::new(), 0);
                Ok(None)
            }
            Err(error) => {
                *has_failed = true;
                Err(error)
            }
        }
    }

    /// Returns whether the client broke the protocol, or the connection has ended. There is no next frame.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Takes the answers that have to be sent.
    pub(crate) fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }
}

/// The connection, as the library sees it.
struct Stream<'a> {
    received: &'a [u8],
    has_ended: bool,
    replies: &'a mut Vec<u8>,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.received.read(buffer)? {
            0 if !self.has_ended => Err(io::ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.replies.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::close_code::close_code;

    const MAX_BYTES: usize = 1024;
    const LIMITS: SizeLimits = SizeLimits { frame: MAX_BYTES, fragments: 2 * MAX_BYTES };

    /// What a client's bytes lead to: messages, and how it ends.
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Outcome {
        messages: Vec<String>,
        replies: Vec<u8>,
        close_code: Option<u16>,
    }

    /// Returns a frame with a mask that is not zero.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
        let mut frame = vec![first];
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(short), _) if short < 126 => frame.push(0x80 | short),
            (_, Ok(length)) => {
                frame.push(0x80 | 126);
                frame.extend(length.to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend((payload.len() as u64).to_be_bytes());
            }
        }
        frame.extend(MASK);
        frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        frame
    }

    fn close(code: u16, reason: &str) -> Vec<u8> {
        frame(0x88, &[&code.to_be_bytes(), reason.as_bytes()].concat())
    }

    /// Reads bytes that arrive in parts of this size.
    fn read(bytes: &[u8], part: usize) -> Outcome {
        let (mut reader, mut outcome) = (FrameReader::new(LIMITS, Vec::new()), Outcome::default());
        for part in bytes.chunks(part) {
            reader.receive(part);
            loop {
                let next = reader.next();
                outcome.replies.extend(reader.take_replies());
                match next {
                    Ok(Some(Message::Text(text))) => outcome.messages.push(text.to_string()),
                    Ok(Some(Message::Binary(bytes))) => outcome.messages.push(format!("{} bytes", bytes.len())),
                    Ok(Some(Message::Close(frame))) => {
                        outcome.messages.push(format!("close {:?}", frame.map(|frame| u16::from(frame.code))));
                    }
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => {
                        outcome.close_code = close_code(&error);
                        return outcome;
                    }
                }
            }
        }
        outcome
    }

    /// What is expected of bytes of a client: messages, replies, and the code that the socket is closed with.
    type Case = (&'static str, Vec<u8>, Vec<&'static str>, Vec<u8>, Option<u16>);

    /// RFC 6455 §5.4: fragments.
    fn fragments() -> Vec<Case> {
        let two = [frame(0x01, b"he"), frame(0x80, b"llo")].concat();
        let with_ping = [frame(0x01, b"he"), frame(0x89, b"?"), frame(0x00, b"l"), frame(0x80, b"lo")].concat();
        let inside_a_letter = [frame(0x01, &"é".as_bytes()[..1]), frame(0x80, &"é".as_bytes()[1..])].concat();
        let with_text = [frame(0x01, b"he"), frame(0x81, b"llo")].concat();
        let largest_fragments = [frame(0x01, &[b'x'; MAX_BYTES]), frame(0x80, &[b'x'; MAX_BYTES])].concat();
        vec![
            ("whole", frame(0x81, b"hello"), vec!["hello"], vec![], None),
            ("empty", frame(0x81, b""), vec![""], vec![], None),
            ("16-bit length", frame(0x81, &[b'x'; 126]), vec![&X[..126]], vec![], None),
            ("largest", frame(0x81, &[b'x'; MAX_BYTES]), vec![&X[..MAX_BYTES]], vec![], None),
            ("largest in fragments", largest_fragments, vec![X], vec![], None),
            ("in two fragments", two, vec!["hello"], vec![], None),
            ("ping between fragments", with_ping, vec!["hello"], vec![0x8a, 1, b'?'], None),
            ("fragments cut a letter", inside_a_letter, vec!["é"], vec![], None),
            (
                "empty fragments",
                [frame(0x01, b""), frame(0x00, b""), frame(0x80, b"a")].concat(),
                vec!["a"],
                vec![],
                None,
            ),
            ("text between fragments", with_text, vec![], vec![], Some(1002)),
            ("continuation of nothing", frame(0x80, b"a"), vec![], vec![], Some(1002)),
            ("unfinished continuation of nothing", frame(0x00, b"a"), vec![], vec![], Some(1002)),
            ("binary", frame(0x82, b"abc"), vec!["3 bytes"], vec![], None),
        ]
    }

    /// RFC 6455 §5.1, §5.2, §5.5 and §8.1: headers, control frames, UTF-8.
    fn headers_and_payloads() -> Vec<Case> {
        let oversized = frame(0x81, &[b'x'; MAX_BYTES + 1]);
        let announced = oversized[..8].to_vec();
        let largest = [b'x'; MAX_BYTES];
        let in_fragments = [frame(0x01, &largest), frame(0x00, &largest), frame(0x80, b"x")].concat();
        let oversized_fragment = [frame(0x01, b"x"), frame(0x80, &[b'x'; MAX_BYTES + 1])].concat();
        let huge = [&[0x81, 0xff][..], &u64::MAX.to_be_bytes(), &[0; 4]].concat();
        vec![
            ("unmasked", vec![0x81, 2, b'h', b'i'], vec![], vec![], Some(1002)),
            ("first reserved bit", frame(0xc1, b"a"), vec![], vec![], Some(1002)),
            ("second reserved bit", frame(0xa1, b"a"), vec![], vec![], Some(1002)),
            ("third reserved bit", frame(0x91, b"a"), vec![], vec![], Some(1002)),
            ("unknown data frame", frame(0x83, b"a"), vec![], vec![], Some(1002)),
            ("unknown control frame", frame(0x8b, b"a"), vec![], vec![], Some(1002)),
            ("ping", frame(0x89, b"are you there"), vec![], [&[0x8a, 13][..], b"are you there"].concat(), None),
            ("longest ping", frame(0x89, &[b'p'; 125]), vec![], [&[0x8a, 125][..], &[b'p'; 125]].concat(), None),
            ("too long ping", frame(0x89, &[b'p'; 126]), vec![], vec![], Some(1002)),
            ("fragmented ping", frame(0x09, b"p"), vec![], vec![], Some(1002)),
            ("unasked pong", [frame(0x8a, b"p"), frame(0x81, b"a")].concat(), vec!["a"], vec![], None),
            ("invalid UTF-8", frame(0x81, &[0xff]), vec![], vec![], Some(1007)),
            ("cut UTF-8", frame(0x81, &"é".as_bytes()[..1]), vec![], vec![], Some(1007)),
            ("surrogate", frame(0x81, &[0xed, 0xa0, 0x80]), vec![], vec![], Some(1007)),
            (
                "invalid UTF-8 in a fragment",
                [frame(0x01, &[0xff]), frame(0x80, b"a")].concat(),
                vec![],
                vec![],
                Some(1007),
            ),
            ("oversized", oversized, vec![], vec![], Some(1009)),
            ("announced as oversized", announced, vec![], vec![], Some(1009)),
            ("oversized in fragments", in_fragments, vec![], vec![], Some(1009)),
            ("oversized fragment", oversized_fragment, vec![], vec![], Some(1009)),
            ("longest length that can be announced", huge, vec![], vec![], Some(1009)),
        ]
    }

    /// RFC 6455 §5.5.1 and §7.4: close frames.
    fn closes() -> Vec<Case> {
        let answer = |code: u16| [&[0x88, 2][..], &code.to_be_bytes()].concat();
        let after = [close(1000, ""), frame(0x81, b"ignored")].concat();
        vec![
            ("without a code", frame(0x88, b""), vec!["close None"], vec![0x88, 0], None),
            ("normal", close(1000, ""), vec!["close Some(1000)"], answer(1000), None),
            (
                "with a reason",
                close(1001, "bye"),
                vec!["close Some(1001)"],
                [&[0x88, 5][..], &1001_u16.to_be_bytes(), b"bye"].concat(),
                None,
            ),
            ("of an application", close(4999, ""), vec!["close Some(4999)"], answer(4999), None),
            ("frames after it", after, vec!["close Some(1000)"], answer(1000), None),
            ("half a code", frame(0x88, &[3]), vec![], vec![], Some(1002)),
            ("reason that is not UTF-8", frame(0x88, &[0x03, 0xe8, 0xff]), vec![], vec![], Some(1007)),
        ]
    }

    const X: &str = match std::str::from_utf8(&[b'x'; 2 * MAX_BYTES]) {
        Ok(text) => text,
        Err(_) => "",
    };

    #[test]
    fn frames_are_read_as_rfc_6455_says_wherever_they_are_cut() {
        for (name, bytes, messages, replies, close_code) in [fragments(), headers_and_payloads(), closes()].concat() {
            let messages = messages.into_iter().map(String::from).collect();
            let expected = Outcome { messages, replies, close_code };
            for part in [1, 3, bytes.len()] {
                assert_eq!(read(&bytes, part), expected, "{name}, in parts of {part}");
            }
        }
    }

    #[test]
    fn codes_that_must_not_be_sent_are_answered_with_a_protocol_error() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] {
            let Outcome { replies, .. } = read(&close(code, ""), 64);
            let answered = replies.get(2..4).map(|code| u16::from_be_bytes([code[0], code[1]]));
            assert_eq!(answered, Some(1002), "{code}");
        }
    }

    #[test]
    fn a_silent_socket_holds_little() {
        let mut reader = FrameReader::new(LIMITS, Vec::new());
        reader.receive(&frame(0x81, b"hello"));
        assert!(matches!(reader.next(), Ok(Some(Message::Text(_)))));
        assert!(matches!(reader.next(), Ok(None)));
        assert_eq!(reader.received.capacity() + reader.replies.capacity(), 0);
    }

    #[test]
    fn the_end_of_the_connection_ends_the_socket_without_a_code() {
        let mut reader = FrameReader::new(LIMITS, frame(0x81, b"last"));
        assert!(matches!(reader.next(), Ok(Some(Message::Text(_)))));
        reader.receive(&[]);
        let error = reader.next().unwrap_err();
        assert_eq!(close_code(&error), None);
    }
}
