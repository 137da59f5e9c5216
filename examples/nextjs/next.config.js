/** @type {import('next').NextConfig} */
export default {
  // Node.js loads these from node_modules, which makes builds shorter.
  serverExternalPackages: ['@apollo/server', 'stackone-connect-graphql', 'stackone-emulator'],
  // This folder has its own lock file, and so has the folder above.
  turbopack: { root: import.meta.dirname },
};
