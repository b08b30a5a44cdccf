/** What this browser can do with passkeys. */

import { ignore } from "./basics.js";

/** Whether this browser has passkeys that give secrets, if it says so. */
export async function canDo() {
  if (!globalThis.PublicKeyCredential || !globalThis.crypto?.subtle) return false;
  const can = await PublicKeyCredential.getClientCapabilities?.().catch(ignore);
  return can?.["extension:prf"] !== false;
}
