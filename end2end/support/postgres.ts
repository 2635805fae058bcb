import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, readFile, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./port.js";

const START_LIMIT_MS = 30_000;
const execute = promisify(execFile);

/** A private PostgreSQL without TLS, with one database and one role that signs in by password (SCRAM). */
export interface Postgres {
  port: number;
  database: string;
  user: string;
  password: string;
  /** Like `15.8`. */
  version: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a cluster on a free loopback port and waits until it answers. */
export async function startPostgres(): Promise<Postgres> {
  const binaries = await findBinaries();
  const folder = await mkdtemp(join(tmpdir(), "patchbay-pg-"));
  const owner = await unprivilegedUser();
  const options = { cwd: folder, ...owner, env: { PATH: process.env.PATH, LC_ALL: "C" } };
  // Characters that have a meaning in URLs, shells and connection strings.
  const password = "it's 50% & /more?=@:#";
  const [database, user, role] = ["orders", "patchbay", "postgres"];
  await writeFile(join(folder, "password"), password);
  if (owner) {
    await chown(folder, owner.uid, owner.gid);
    await chown(join(folder, "password"), owner.uid, owner.gid);
  }
  const init = ["--pgdata=data", `--username=${role}`, "--pwfile=password", "--auth=scram-sha-256"];
  await execute(join(binaries, "initdb"), [...init, "--encoding=UTF8", "--locale=C", "--no-sync"], options);

  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "ssl=off", "fsync=off"];
  const args = ["-D", "data", "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const server = spawn(join(binaries, "postgres"), args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  server.once("error", (error) => (log += error.message));
  server.stderr.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  const kill = () => void server.kill("SIGKILL");
  process.once("exit", kill);

  const stop = async () => {
    process.off("exit", kill);
    if (server.exitCode === null && server.signalCode === null) {
      const exited = once(server, "exit");
      // SIGQUIT ends it at once; its data is thrown away anyway.
      server.kill("SIGQUIT");
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const psql = async (sql: string) => {
    const where = ["--no-psqlrc", "--tuples-only", "--no-align", "--host=127.0.0.1", `--port=${port}`, `--username=${role}`];
    const env = { ...options.env, PGPASSWORD: password };
    const { stdout } = await execute(join(binaries, "psql"), [...where, `--command=${sql}`, "postgres"], { env });
    return stdout.trim();
  };
  try {
    const begin = Date.now();
    while (!(await answers(join(binaries, "pg_isready"), port))) {
      if (server.exitCode !== null || Date.now() - begin > START_LIMIT_MS) {
        throw new Error(`PostgreSQL does not start\n${log}`);
      }
    }
    await psql(`create role ${user} login password '${password.replaceAll("'", "''")}'`);
    await psql(`create database ${database}`);
    const version = (await psql("show server_version")).split(" ")[0] ?? "";
    return { port, database, user, password, version, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks once; a server that is not up yet takes the question's own time to say so. */
async function answers(pgIsReady: string, port: number): Promise<boolean> {
  const asked = execute(pgIsReady, ["--quiet", "--timeout=1", "--host=127.0.0.1", `--port=${port}`]);
  return asked.then(() => true).catch(() => false);
}

/** The folder of the server's programs: from `PATH`, else Debian's newest. */
async function findBinaries(): Promise<string> {
  const onPath = (process.env.PATH ?? "").split(delimiter);
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? await readdir(debian) : [];
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one)).map((version) => join(debian, version, "bin"));
  const found = [...onPath, ...newestFirst].find((folder) => existsSync(join(folder, "initdb")));
  if (!found) {
    throw new Error("PostgreSQL is missing: run `cargo xtask setup --tests`.");
  }
  // What is on the path may be a link; the server's own programs lie where it leads.
  return dirname(await realpath(join(found, "initdb")));
}

/** Who runs the server when we are root, because PostgreSQL refuses to. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const found = ["postgres", "nobody"].map((name) => users.find((user) => user[0] === name)).find(Boolean);
  if (!found) {
    throw new Error("There is no user `postgres` or `nobody` to run PostgreSQL as.");
  }
  return { uid: Number(found[2]), gid: Number(found[3]) };
}
