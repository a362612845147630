/** Connections that nobody waits on, closed while the daemon stops. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** @returns a function that closes connections without a request under way */
export function watchIdleConnections(server: Server): () => void {
  // To Node a connection that has never sent anything is one that is sending a request.
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return () => {
    server.closeIdleConnections()
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
  }
}
