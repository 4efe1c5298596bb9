export function ConsolePage() {
  return (
    <main className="card">
      <h1>Operator console</h1>
      <p className="muted">This page is not built yet.</p>
    </main>
  );
}
