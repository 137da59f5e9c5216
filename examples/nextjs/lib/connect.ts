import { ApolloServer } from '@apollo/server';
import { startConnect } from 'stackone-connect-graphql';
import { currentUser } from './session';

let started: ReturnType<typeof start> | undefined;

/** The GraphQL API. It starts with the first request, not while Next.js builds the app. All routes share it. */
export function getConnect() {
  started ??= start();
  return started;
}

async function start() {
  const baseUrl = process.env.STACKONE_BASE_URL;
  const connect = await startConnect<Request>({
    apiKey: process.env.STACKONE_API_KEY,
    webhookSecret: process.env.STACKONE_WEBHOOK_SECRET,
    baseUrl,
    // An emulator has no HTTPS.
    production: baseUrl === undefined,
    getOwner,
  });
  const apollo = new ApolloServer(connect.apolloOptions);
  await apollo.start();
  return { ...connect, apollo };
}

/** Returns the customer of the signed-in user, who owns all accounts that the user sees and links. */
async function getOwner() {
  const user = await currentUser();
  return user && { ...user.customer, username: user.email };
}
