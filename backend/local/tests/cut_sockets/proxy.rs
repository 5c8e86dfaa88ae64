//! Proxy that can cut its connections.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Forwards connections to a local port.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    cuts: watch::Sender<usize>,
}

impl Proxy {
    pub(crate) async fn start(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), cuts: watch::Sender::new(0) };
        tokio::spawn(forward(listener, port, proxy.cuts.subscribe()));
        proxy
    }

    /// Cuts every connection at once, even within a frame. Returns their number.
    pub(crate) fn cut(&self) -> usize {
        // One receiver belongs to the listener.
        let connections = self.cuts.receiver_count() - 1;
        self.cuts.send_modify(|cuts| *cuts += 1);
        connections
    }
}

async fn forward(listener: TcpListener, port: u16, cuts: watch::Receiver<usize>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let mut cuts = cuts.clone();
        cuts.mark_unchanged();
        tokio::spawn(async move {
            let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = cuts.changed() => {}
            }
        });
    }
}
