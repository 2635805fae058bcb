import { startCounterpart, type Counterpart } from "./counterpart.js";
import { required } from "./env.js";

/** The keys of our own user, and the customer's role. */
export interface Aws {
  access_key_id: string;
  secret_access_key: string;
  account_number: string;
  role_arn: string;
}

/** Starts AWS, played by moto; `counterparts/aws.py` lists what may be specified. */
export function startAws(specification: Record<string, unknown> = {}): Promise<Counterpart<Aws>> {
  // The environment of the Codegen client has moto too.
  return startCounterpart(required("CODEGEN_PYTHON"), "aws.py", specification, ["-B", "-u"]);
}
