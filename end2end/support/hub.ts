import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long a server may take to start; it migrates and fills its database meanwhile. */
const START_LIMIT_MS = 30_000;

/** A running server of its own, with a database of its own. */
export interface Hub {
  /** Where it listens, like `http://127.0.0.1:41234`. */
  url: string;
  /** What it has logged so far. */
  log(): string;
  /** Ends this server and removes its data. */
  stop(): Promise<void>;
}

export interface HubOptions {
  /** More arguments for `patchbay serve`; the demo by default. */
  args?: string[];
  /** More environment. */
  env?: Record<string, string>;
}

/** Starts the server that `PATCHBAY_BIN` names, on a free loopback port, and waits until it listens. */
export async function startHub({ args = ["--demo"], env = {} }: HubOptions = {}): Promise<Hub> {
  const binary = required("PATCHBAY_BIN");
  const folder = await mkdtemp(join(tmpdir(), "patchbay-hub-"));
  const child = spawn(binary, ["serve", "--addr", "127.0.0.1:0", ...args], {
    cwd: folder,
    env: { ...inherited(), LEPTOS_SITE_ROOT: required("LEPTOS_SITE_ROOT"), PATCHBAY_DATA_DIR: join(folder, "data"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  // A server must not outlive the tests, however they end.
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);

  const stop = async () => {
    process.off("exit", kill);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      const impatience = setTimeout(kill, 5_000);
      await exited;
      clearTimeout(impatience);
    }
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const url = await new Promise<string>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${binary} ${reason}\n${log}`));
      const timer = setTimeout(() => fail(`names no address within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
      const read = (chunk: string) => {
        log += chunk;
        const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
        if (url) {
          clearTimeout(timer);
          resolve(url);
        }
      };
      child.stdout.setEncoding("utf8").on("data", read);
      child.stderr.setEncoding("utf8").on("data", read);
      child.once("error", (error) => fail(`does not start: ${error.message}`));
      child.once("exit", (code, signal) => fail(`ended with ${code ?? signal} before it listened`));
    });
    return { url, log: () => log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run the tests with \`cargo xtask test build e2e\`.`);
  }
  return value;
}

/** Our environment without settings of a developer's own hub. */
function inherited(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("PATCHBAY_"));
  return Object.fromEntries(entries);
}
