/** Closes one thing after the other, each whatever the others say; then throws what the first that failed failed with. */
export async function closeAll(closing: Iterable<() => unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closing) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
