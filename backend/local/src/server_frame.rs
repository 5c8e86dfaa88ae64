//! Frames to clients as the bytes that are sent: a header (RFC 6455 §5.2) and the payload. A broadcast is encoded once, and all
//! sockets share its bytes.

use axum::body::Bytes;
use chat::ports::connection_gateway::Frame;
use shared_types::Rev;

/// First byte of a frame: it is whole, and its type.
const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;

/// Maximum size of a header, in bytes.
const MAX_HEADER: usize = 10;

/// One or more frames that are ready to be sent, and are sent together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerFrame {
    /// Headers and payloads.
    pub(crate) bytes: Bytes,
    /// The first revision of the messages in them.
    pub(crate) rev: Option<Rev>,
}

impl ServerFrame {
    /// Encodes frames.
    pub(crate) fn of(frames: &[Frame]) -> Self {
        let mut bytes = Vec::with_capacity(frames.iter().map(|frame| MAX_HEADER + frame.json().len()).sum());
        for frame in frames {
            encode_into(&mut bytes, TEXT, frame.json());
        }
        Self { bytes: bytes.into(), rev: frames.iter().filter_map(Frame::rev).min() }
    }
}

/// Returns the bytes of a ping.
pub(crate) fn ping() -> Bytes {
    Bytes::from_static(&[PING, 0])
}

/// Returns the bytes of a close frame with a code and no reason.
pub(crate) fn close(code: u16) -> Bytes {
    encode(CLOSE, &code.to_be_bytes())
}

/// Returns header and payload.
fn encode(first: u8, payload: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(MAX_HEADER + payload.len());
    encode_into(&mut frame, first, payload);
    frame.into()
}

/// Adds header and payload. A server does not mask.
fn encode_into(frame: &mut Vec<u8>, first: u8, payload: &[u8]) {
    frame.push(first);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => frame.push(short),
        (_, Ok(length)) => {
            frame.push(126);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use tungstenite::protocol::frame::{
        FrameHeader,
        coding::{Control, Data, OpCode},
    };

    use super::*;

    #[test]
    fn the_header_is_what_the_library_reads() {
        let frames = [0, 1, 125, 126, 65_535, 65_536]
            .map(|length| (encode(TEXT, &vec![b'x'; length]), OpCode::Data(Data::Text), length));
        let controls = [(close(1001), OpCode::Control(Control::Close), 2), (ping(), OpCode::Control(Control::Ping), 0)];
        for (bytes, opcode, length) in frames.into_iter().chain(controls) {
            let mut cursor = std::io::Cursor::new(&bytes);
            let (header, announced) = FrameHeader::parse(&mut cursor).unwrap().unwrap();
            let expected = FrameHeader { is_final: true, opcode, mask: None, ..FrameHeader::default() };
            assert_eq!((header, announced), (expected, length as u64));
            assert_eq!(bytes.len() as u64, cursor.position() + announced);
        }
    }
}
