/** What `cargo xtask test e2e` tells the tests. */
export function required(name: "PATCHBAY_BIN" | "LEPTOS_SITE_ROOT" | "CODEGEN_PYTHON"): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run the tests with \`cargo xtask test build e2e\`.`);
  }
  return value;
}
