import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { required } from "../support/env.js";
import type { Hub } from "../support/hub.js";
import { expect, test } from "../support/test.js";

/** Runs Python with the published Codegen client, in a home of its own, against the hub. */
async function python(hub: Hub, home: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(required("CODEGEN_PYTHON"), args, {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, CODEGEN_API_BASE_URL: hub.url, COLUMNS: "160", TERM: "dumb", PYTHONUTF8: "1" },
  });
  return stdout + stderr;
}

// The client's whole command line pulls in a coding agent with git, telemetry and more; this is its `integrations` command.
const SIGN_IN = "import sys; from codegen.cli.auth.token_manager import TokenManager; TokenManager().authenticate_token(sys.argv[1])";
const INTEGRATIONS = "from codegen.cli.commands.integrations.main import integrations_app; integrations_app()";

test("Codegen's own client lists what is connected", async ({ hub }) => {
  const token = await hub.cli("token", "create", "--org", "acme", "--scope", "org:read");
  expect(token).toMatch(/^pbo_/);
  const home = await mkdtemp(join(tmpdir(), "patchbay-codegen-"));
  try {
    const signedIn = await python(hub, home, "-c", SIGN_IN, token);
    expect(signedIn, "the client learns who it is and where without a warning").not.toContain("Warning");

    const listed = await python(hub, home, "-c", INTEGRATIONS, "list", "--org-id", "1");
    expect(listed).toContain("Integrations for Acme");
    expect(listed).toMatch(/Linear\W+✅ Active/);
    expect(listed).toMatch(/Github\W+✅ Active/);
    expect(listed).toMatch(/Circleci\W+✅ Active/);
    expect(listed).toMatch(/Slack\W+❌ Inactive/);
    expect(listed).toMatch(/Postgres\W+❌ Inactive/);
    expect(listed).toMatch(/Total: \d+ integrations \(5 active\)/);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test("a token without the scope is refused, and so is none", async ({ hub, request }) => {
  const address = `${hub.url}/v1/organizations/1/integrations`;
  expect((await request.get(address)).status()).toBe(401);
  const token = await hub.cli("token", "create", "--org", "acme", "--scope", "team:read");
  const refused = await request.get(address, { headers: { Authorization: `Bearer ${token}` } });
  expect(refused.status()).toBe(403);
});
