/** `vite`, which tells its address in the words that `npm run example` waits for. */
import { createServer } from 'vite';

const server = await createServer();
await server.listen();
process.stdout.write(`    The example      ${server.resolvedUrls?.local[0]}\n\n`);
