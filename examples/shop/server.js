'use strict';

// No dependencies: the port comes from the environment, and the page says which one it was.
const { createServer } = require('node:http');
const { basename } = require('node:path');

const port = Number(process.env.PORT);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error('PORT is not set to a port. Run the task "serve", which asks Styxy for one.');
  process.exit(2);
}

const folder = basename(__dirname);
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${folder} on port ${port}</title>
<style>
  body { display: grid; place-content: center; min-height: 100vh; margin: 0; text-align: center;
    font: 18px/1.6 system-ui, sans-serif; background: #b3541e; color: #fff; }
  h1 { font-size: 4rem; line-height: 1.1; margin: 0; }
  p { margin: .5rem 0; }
</style>
<h1>${folder}</h1>
<p>A small shop with nothing to sell yet.</p>
<p>Served on port <b>${port}</b>.</p>
</html>
`;

const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(page);
});
server.on('error', (error) => {
  console.error(`${folder} cannot listen on port ${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, 'localhost', () => {
  console.log(`${folder} is at http://localhost:${port}`);
});
