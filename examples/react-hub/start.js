/** Starts Vite and prints the URL in the format that `npm run example` expects. */
import { createServer } from 'vite';

const server = await createServer();
await server.listen();
process.stdout.write(`    The example      ${server.resolvedUrls?.local[0]}\n\n`);
