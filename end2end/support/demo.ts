/** The people of `patchbay serve --demo`. */
export const demo = {
  password: "patchbay-demo",
  owner: "owner@acme.test",
} as const;
