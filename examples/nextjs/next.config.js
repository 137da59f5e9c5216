/** @type {import('next').NextConfig} */
export default {
  // This folder has its own lock file, and so has the folder above.
  turbopack: { root: import.meta.dirname },
};
