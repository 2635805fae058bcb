import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const START_LIMIT_MS = 60_000;

/** A system of somebody else's that runs on loopback, started by a script of `counterparts/`. */
export interface Counterpart<Facts = Record<string, never>> {
  /** Its base URL, for `PATCHBAY_ENDPOINTS`. */
  url: string;
  /** What it said about itself: ids, secrets, keys. */
  facts: Facts;
  /** Orders something, like `{ fail_token: 1 }`; the scripts list the words. */
  order(words: Record<string, unknown>): Promise<unknown>;
  /** What was called so far, and why requests were refused for their form. */
  seen(): Promise<{ counts: Record<string, unknown>; refused: string[] }>;
  stop(): Promise<void>;
}

/** Starts one on a free loopback port in a folder of its own, and waits until it names its address. */
export async function startCounterpart<Facts>(
  program: string,
  script: string,
  specification: object,
  flags: string[] = [],
): Promise<Counterpart<Facts>> {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-counterpart-"));
  const file = resolve(import.meta.dirname, "../counterparts", script);
  const child = spawn(program, [...flags, file, JSON.stringify(specification), "--tied"], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };

  let [output, errors] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  const ready = new Promise<string>((give, reject) => {
    const fail = (reason: string) => reject(new Error(`${script} ${reason}; run \`cargo xtask setup --tests\`\n${errors}`));
    const timer = setTimeout(() => fail(`names no address within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      if (output.includes("\n")) {
        clearTimeout(timer);
        give(output);
      }
    });
    child.once("error", (error) => fail(`does not start: ${error.message}`));
    child.once("close", (code, signal) => fail(`ended with ${code ?? signal}`));
  });
  try {
    const { url, ...facts } = JSON.parse(await ready) as { url: string } & Facts;
    const control = `${url}/__control`;
    const order = async (words: Record<string, unknown>) => {
      const answer = await fetch(control, { method: "POST", body: JSON.stringify(words) });
      if (!answer.ok) {
        throw new Error(`${script} does not obey ${JSON.stringify(words)}: ${await answer.text()}`);
      }
      return answer.json();
    };
    const seen = async () => (await fetch(control)).json();
    return { url, facts: facts as unknown as Facts, order, seen, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
