import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A stand-in for CircleCI that answers one question: whose token is this? */
export interface CircleCi {
  /** Its base URL, for `PATCHBAY_ENDPOINTS`. */
  url: string;
  /** The one token it accepts. */
  token: string;
  stop(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startCircleCi(): Promise<CircleCi> {
  const token = "CCIPAT_end2end_4242";
  const server = createServer((request, response) => {
    const [known, right] = [request.url === "/api/v2/me", request.headers["circle-token"] === token];
    const [status, body] = !known
      ? [404, { message: "Not found." }]
      : right
        ? [200, { id: "7c1e5f0a", login: "builder", name: "Acme builder" }]
        : [401, { message: "You must log in first." }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, token, stop };
}
