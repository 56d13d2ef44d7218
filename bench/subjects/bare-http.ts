import { createServer } from 'node:http';
import { body, headers, port } from './bare.ts';

/* `node:http` and nothing else. */

const head = headers.flat();
createServer((_req, res) => {
  res.writeHead(200, head);
  res.end(body);
}).listen(port, 'localhost', () => console.log(`Ready: ${port}`));
