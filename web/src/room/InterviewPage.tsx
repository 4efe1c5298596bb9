export function InterviewPage() {
  return (
    <main className="card">
      <h1>The interview room</h1>
      <p className="muted">This page is not built yet.</p>
    </main>
  );
}
