import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What the proxy does with bytes on their way: passes them on, keeps them for later, or loses them. */
type Way = "pass" | "hold" | "drop";

export type TcpProxy = {
  readonly port: number;
  /** Connections open at the moment. */
  readonly count: number;
  /** Connections that were not taken. */
  readonly refused: number;
  /** What becomes of answers from now on: held ones arrive once they pass again, dropped ones never. */
  answers(way: Way): void;
  /**
   * The answer to the next request that holds `text`, on a connection that has sent `after` before, is lost: the server
   * does what it says, and the caller sees a reset. Resolves when that has happened.
   */
  loseAnswerTo(text: string, after: string): Promise<void>;
  /** Breaks every connection as a reset does. */
  cutAll(): void;
  /** Whether new connections are taken. */
  accept(isOpen: boolean): void;
  close(): Promise<void>;
};

type Link = { readonly near: Socket; readonly far: Socket; isArmed: boolean; isLost: boolean };
type Trap = { readonly text: Buffer; readonly after: Buffer; readonly sprung: () => void };

/** A TCP proxy that can be told to misbehave: the network between a process and its database. */
async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const links = new Set<Link>();
  let way: Way = "pass";
  let isOpen = true;
  let refused = 0;
  let trap: Trap | null = null;

  const look = (link: Link, chunk: Buffer): void => {
    if (!trap) return;
    if (chunk.includes(trap.after)) link.isArmed = true;
    else if (link.isArmed && chunk.includes(trap.text)) {
      link.isLost = true;
      trap.sprung();
      trap = null;
    }
  };

  const server = createServer((near) => {
    if (!isOpen) {
      refused += 1;
      return near.resetAndDestroy();
    }
    const far = connect(target);
    const link: Link = { near, far, isArmed: false, isLost: false };
    links.add(link);
    const end = () => {
      links.delete(link);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.setNoDelay(true).on("error", end).on("close", end);
    near.on("data", (chunk) => {
      look(link, chunk);
      far.write(chunk);
    });
    far.on("data", (chunk) => {
      if (link.isLost) return void near.resetAndDestroy();
      if (way === "drop") return;
      near.write(chunk);
    });
    if (way === "hold") far.pause();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get count() {
      return links.size;
    },
    get refused() {
      return refused;
    },
    answers: (next) => {
      way = next;
      for (const { far } of links) {
        if (next === "hold") far.pause();
        else far.resume();
      }
    },
    loseAnswerTo: (text, after) =>
      new Promise<void>((resolve) => {
        trap = { text: Buffer.from(text), after: Buffer.from(after), sprung: resolve };
      }),
    cutAll: () => {
      for (const { near, far } of [...links]) {
        near.resetAndDestroy();
        far.destroy();
      }
    },
    accept: (next) => {
      isOpen = next;
    },
    close: async () => {
      for (const { near, far } of [...links]) {
        near.destroy();
        far.destroy();
      }
      server.close();
      await once(server, "close");
    },
  };
}

/** The same database through a proxy. */
export function throughProxy(url: string, proxy: TcpProxy): string {
  const proxied = new URL(url);
  proxied.hostname = "127.0.0.1";
  proxied.port = String(proxy.port);
  return proxied.toString();
}

export function proxyTo(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  return startTcpProxy({ host: hostname, port: Number(port || 5432) });
}
