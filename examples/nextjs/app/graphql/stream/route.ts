import { getConnect } from '../../../lib/connect';

/** Reports changes of accounts to the open pages of their customer. */
export async function POST(request: Request): Promise<Response> {
  return (await getConnect()).fetchStream(request);
}
