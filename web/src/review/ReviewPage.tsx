export function ReviewPage() {
  return (
    <main className="card">
      <h1>Interviews to review</h1>
      <p className="muted">This page is not built yet.</p>
    </main>
  );
}
