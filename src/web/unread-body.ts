import type { ErrorRequestHandler, Request, Response } from 'express';

/** How much longer, in milliseconds, and how many bytes more are taken and thrown away once a request has had its answer. */
const LINGER_TIME = 5_000;
const LINGER_BYTES = 16 * 1024 * 1024;

/**
 * For a request that is refused while its body is still arriving: the answer goes out at once, and then the connection ends.
 * Not at the same moment: the browser, still sending, would be told that its connection is gone and never show the answer (RFC
 * 9112 §9.6). So what it sends is thrown away for a little while, within a bound. Until the answer is out, nothing more is taken:
 * whoever sends faster than we answer would otherwise be through with the bound before. To be called before the answer is sent.
 */
export function endUnreadBody(req: Request, res: Response): void {
  if (req.complete || req.destroyed) return;
  const { socket } = req;
  res.set('Connection', 'close');
  // Whoever has begun to read it may have left it paused, or be a pipe that is full.
  req.unpipe().pause();
  // Where nobody has read of it yet, Node would throw all of it away by itself at the end, and tell nobody how much.
  req.read(0);
  // What Node calls once the answer is out.
  socket.destroySoon = () => {
    socket.end();
    const limit = setTimeout(() => socket.destroy(), LINGER_TIME);
    socket.once('close', () => clearTimeout(limit));
    let thrownAway = 0;
    req
      .on('data', (chunk: Buffer) => {
        thrownAway += chunk.length;
        if (thrownAway > LINGER_BYTES) socket.destroy();
      })
      .resume();
  };
}

/** The same for whatever is refused anywhere. */
export const endUnread: ErrorRequestHandler = (error: unknown, req, res, next) => {
  endUnreadBody(req, res);
  next(error);
};
