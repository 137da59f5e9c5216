/** The URL of a request. The path `//x` is a path, not the host `x`; a request to a proxy has a complete URL. */
export function requestUrl({ url }: { readonly url: string }): URL {
  return new URL(url.startsWith('/') ? `http://emulator${url}` : url, 'http://emulator');
}
