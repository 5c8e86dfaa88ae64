//! A network that breaks: whoever goes through it is cut off from time to time.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Passes connections on to a port of this machine.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    cuts: watch::Sender<usize>,
}

impl Proxy {
    pub(crate) async fn before(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), cuts: watch::Sender::new(0) };
        tokio::spawn(pass_on(listener, port, proxy.cuts.subscribe()));
        proxy
    }

    /// Cuts every connection, in the middle of whatever it carries; answers with how many there were.
    pub(crate) fn cut(&self) -> usize {
        // One receiver is the listener's.
        let connections = self.cuts.receiver_count() - 1;
        self.cuts.send_modify(|cuts| *cuts += 1);
        connections
    }
}

async fn pass_on(listener: TcpListener, port: u16, cuts: watch::Receiver<usize>) {
    while let Ok((mut near, _)) = listener.accept().await {
        let mut cuts = cuts.clone();
        cuts.mark_unchanged();
        tokio::spawn(async move {
            let Ok(mut far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut near, &mut far) => {}
                _ = cuts.changed() => {}
            }
        });
    }
}
