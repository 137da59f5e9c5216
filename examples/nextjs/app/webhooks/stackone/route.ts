import { getConnect } from '../../../lib/connect';

/** StackOne reports here that an account stopped working, for example. */
export async function POST(request: Request): Promise<Response> {
  return (await getConnect()).fetchWebhook(request);
}
