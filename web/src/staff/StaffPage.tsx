import { type ReactNode, useMemo } from "react";
import { Button } from "../ui/Button";
import { Api, ApiProvider } from "./api";
import { SignIn } from "./SignIn";
import { signOut, useToken } from "./session";
import "./staff.css";

type Props = {
  title: string;
  page: "review" | "console";
  probe: string;
  scope: string;
  children: ReactNode;
};

/** The frame of the pages for staff: sign-in, header, and the page itself. */
export function StaffPage({ title, page, probe, scope, children }: Props) {
  const token = useToken();
  const api = useMemo(() => (token === null ? null : new Api(token)), [token]);
  if (api === null) return <SignIn title={title} probe={probe} scope={scope} />;
  return (
    <ApiProvider value={api}>
      <button type="button" className="button skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <header className="bar">
        <nav aria-label="Pages">
          <a href="/review" aria-current={page === "review" ? "page" : undefined}>
            Review
          </a>
          <a href="/console" aria-current={page === "console" ? "page" : undefined}>
            Console
          </a>
        </nav>
        <Button kind="quiet" onClick={signOut}>
          Sign out
        </Button>
      </header>
      <main id="main" tabIndex={-1} className="page">
        {children}
      </main>
    </ApiProvider>
  );
}
