import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { required } from "./env.js";

/** A real SMTP server (aiosmtpd) that prints every mail it takes. */
export class Mailbox {
  private text = "";

  private constructor(
    private readonly child: ChildProcess,
    /** Where it listens, as `smtp://…`. */
    readonly url: string,
  ) {
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (this.text += chunk));
  }

  /** Starts one on a free port and waits until it greets. */
  static async start(): Promise<Mailbox> {
    const port = await freePort();
    const child = spawn(required("CODEGEN_PYTHON"), ["-u", "-m", "aiosmtpd", "-n", "-l", `127.0.0.1:${port}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const kill = () => void child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    return new Mailbox(child, `smtp://127.0.0.1:${port}`);
  }

  /** What it has taken so far, headers and bodies. */
  mails(): string {
    return this.text;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill();
      await once(this.child, "exit");
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
