/** The people of `patchbay serve --demo`. */
export const demo = {
  password: "patchbay-demo",
  owner: "owner@acme.test",
  admin: "admin@acme.test",
  member: "member@acme.test",
  rival: "owner@rival.test",
} as const;

/** The directory of the organization that most tests use. */
export const DIRECTORY = "/settings/acme/integrations/";
