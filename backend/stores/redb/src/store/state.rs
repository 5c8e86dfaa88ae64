//! What the store can do at the moment.

/// The state of a store. An I/O error leaves [`Ready`](Self::Ready), because redb refuses all work after one until the file is closed
/// and opened again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreState {
    /// It reads and writes.
    Ready,
    /// The file was closed after an error and is being opened again. Reads and writes are refused.
    Reopening {
        /// The error.
        cause: String,
    },
    /// The file is open again, but several commits in a row have failed. Writes are refused until the next attempt; reads work.
    Paused {
        /// The last error.
        cause: String,
    },
    /// The file could not be opened again. Only a new process can help.
    Failed {
        /// The last error.
        cause: String,
    },
}

impl StoreState {
    /// Returns why reads are refused, or `None` if they are not.
    pub(crate) fn read_refusal(&self) -> Option<String> {
        match self {
            Self::Ready | Self::Paused { .. } => None,
            Self::Reopening { cause } => Some(format!("the store is being reopened after an error: {cause}")),
            Self::Failed { cause } => Some(format!("the store could not be reopened: {cause}")),
        }
    }

    /// Returns why writes are refused, or `None` if they are not.
    pub(crate) fn write_refusal(&self) -> Option<String> {
        match self {
            Self::Paused { cause } => Some(format!("writes are paused after an error: {cause}")),
            state => state.read_refusal(),
        }
    }
}
