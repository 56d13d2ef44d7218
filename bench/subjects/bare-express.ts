import express from 'express';
import { body, headers, port } from './bare.ts';

/* Express as it comes, in production mode: one route, and `res.send`. */

const app = express();
app.disable('x-powered-by');
// Outlay sends none over pages that nobody keeps, and the bytes are to be the same.
if (!headers.some(([name]) => name.toLowerCase() === 'etag')) app.disable('etag');
const head = Object.fromEntries(headers);
const answer: express.RequestHandler = (_req, res) => {
  res.set(head).send(body);
};
app.get('/', answer);
app.get('/team/:id', answer);
app.listen(port, 'localhost', () => console.log(`Ready: ${port}`));
