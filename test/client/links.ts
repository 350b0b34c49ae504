/** The arguments of a page's links to a command. */
export function links(html: string, command: string): unknown[] {
  const found = html.matchAll(new RegExp(`href="command:${command}\\?([^"]*)"`, 'g'));
  return [...found].map(([, query = '']) => {
    const [argument] = JSON.parse(
      decodeURIComponent(query.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))),
    ) as unknown[];
    return argument;
  });
}
