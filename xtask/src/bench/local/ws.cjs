// A chat room on Node.js with the package `ws`, which stores nothing: the peer of `cargo xtask bench local`.
// It passes each message on to everybody in the room, in the form that the chat has.
const http = require("node:http");
const { WebSocketServer } = require("ws");

const rooms = new Map();
let seq = 0;

const server = http.createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket, request) => {
  const query = new URL(request.url, "http://localhost").searchParams;
  const author = { id: `g-${Math.random().toString(36).slice(2)}`, name: query.get("name") };
  const name = query.get("room");
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  socket.on("message", (data) => {
    const { action, text } = JSON.parse(data);
    if (action !== "send") return;
    seq += 1;
    const message = { type: "message", seq, rev: seq, author, nonce: `n-${seq}`, text, sentAt: Date.now() };
    const frame = JSON.stringify(message);
    for (const listener of room) listener.send(frame);
  });
  socket.on("close", () => room.delete(socket));
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
