import { HeaderMap } from '@apollo/server';
import { getConnect } from '../../lib/connect';

export async function POST(request: Request): Promise<Response> {
  const { apollo, createContext } = await getConnect();
  const body: unknown = await request.json().catch(() => undefined);
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers: new HeaderMap(request.headers),
      search: new URL(request.url).search,
      body,
    },
    context: () => createContext(request, { body }),
  });
  const { status, headers } = response;
  const text = response.body.kind === 'complete' ? response.body.string : '';
  return new Response(text, { status: status ?? 200, headers: [...headers] });
}
