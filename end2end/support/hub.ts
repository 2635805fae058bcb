import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { required } from "./env.js";

/** How long a server may take to start; it migrates and fills its database meanwhile. */
const START_LIMIT_MS = 30_000;
/** How long a server may take to stop before it is killed. */
const STOP_LIMIT_MS = 3_000;

export interface HubOptions {
  /** More arguments for `patchbay serve`; the demo by default. */
  args?: string[];
  /** More environment. */
  env?: Record<string, string>;
  /** Where to listen, for a hub whose address a provider must know before it starts; any free port by default. */
  port?: number;
}

/** A server of its own, with a database of its own. */
export class Hub {
  /** Where it listens, like `http://127.0.0.1:41234`. */
  url = "";
  private child: ChildProcess | undefined;
  private text = "";

  constructor(
    private readonly folder: string,
    private readonly args: string[],
    private readonly env: Record<string, string>,
  ) {}

  /** What it has logged so far. */
  log(): string {
    return this.text;
  }

  /** Starts it and waits until it listens: on a free port, and after a halt on the port of before. */
  async start(): Promise<void> {
    const addr = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const binary = required("PATCHBAY_BIN");
    const child = spawn(binary, ["serve", "--addr", addr, ...this.args], {
      cwd: this.folder,
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    // A server must not outlive the tests, however they end.
    const kill = () => void child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));

    let mine = "";
    this.url = await new Promise<string>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${binary} ${reason}\n${mine}`));
      const timer = setTimeout(() => fail(`names no address within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
      const read = (chunk: string) => {
        this.text += chunk;
        mine += chunk;
        const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(mine)?.[1];
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
  }

  /** Ends the server and keeps its data. Killed at once it has no chance to say good-bye, as in a power cut. */
  async halt(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      const impatience = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      await exited;
      clearTimeout(impatience);
    }
  }

  /** Ends the server and removes its data. */
  async stop(): Promise<void> {
    await this.halt();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs another command of the binary on the same data, beside the server; answers what it prints. */
  async cli(...args: string[]): Promise<string> {
    const run = promisify(execFile)(required("PATCHBAY_BIN"), args, { cwd: this.folder, env: this.environment() });
    return (await run).stdout.trim();
  }

  private environment(): NodeJS.ProcessEnv {
    const site = { LEPTOS_SITE_ROOT: required("LEPTOS_SITE_ROOT"), PATCHBAY_DATA_DIR: join(this.folder, "data") };
    return { ...inherited(), ...site, ...this.env };
  }
}

/** Starts the server that `PATCHBAY_BIN` names. */
export async function startHub({ args = ["--demo"], env = {}, port = 0 }: HubOptions = {}): Promise<Hub> {
  const hub = new Hub(await mkdtemp(join(tmpdir(), "patchbay-hub-")), args, env);
  hub.url = port ? `http://127.0.0.1:${port}` : "";
  try {
    await hub.start();
    return hub;
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

/** Our environment without settings of a developer's own hub. */
function inherited(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("PATCHBAY_"));
  return Object.fromEntries(entries);
}
