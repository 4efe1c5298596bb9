/** A new Idempotency-Key; `randomUUID` exists on secure origins only. */
export function newKey(): string {
  return crypto.randomUUID?.() ?? fallbackKey();
}

function fallbackKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
