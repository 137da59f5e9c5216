/** Constants rather than a file that is read at run time, so that a bundle works. A test compares them to package.json. */
export const packageName = 'stackone-connect-graphql';
export const packageVersion = '0.1.0';
