import type { LiveSocket } from "./connection";

/** A browser sends no header with a WebSocket: the secret goes as a subprotocol, which no log keeps. */
export function openSocket(query: string, secret: string): LiveSocket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const url = `${scheme}://${location.host}/v1/realtime${query}`;
  const socket = new WebSocket(url, ["realtime", `openai-insecure-api-key.${secret}`]);
  const opened: LiveSocket = {
    onmessage: null,
    onclose: null,
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
  socket.onmessage = ({ data }: MessageEvent<string>) => opened.onmessage?.(data);
  socket.onclose = ({ code, reason }) => opened.onclose?.(code, reason);
  return opened;
}
