// A chat room on Bun with its native publish, which stores nothing: the peer of `cargo xtask bench local`.
// It passes each message on to everybody in the room, in the form that the chat has.
let seq = 0;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, server) {
    const query = new URL(request.url).searchParams;
    const author = { id: `g-${Math.random().toString(36).slice(2)}`, name: query.get("name") };
    if (server.upgrade(request, { data: { room: query.get("room"), author } })) return undefined;
    return new Response("not a socket", { status: 426 });
  },
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      socket.subscribe(socket.data.room);
    },
    message(socket, data) {
      const { action, text } = JSON.parse(data);
      if (action !== "send") return;
      seq += 1;
      const { room, author } = socket.data;
      const message = { type: "message", seq, rev: seq, author, nonce: `n-${seq}`, text, sentAt: Date.now() };
      server.publish(room, JSON.stringify(message));
    },
  },
});
console.log(`listening on http://127.0.0.1:${server.port}`);
