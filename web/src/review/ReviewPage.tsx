import { useEffect } from "react";
import { StaffPage } from "../staff/StaffPage";
import { Comparison } from "./Comparison";
import { Inbox } from "./Inbox";
import { InterviewPage } from "./InterviewPage";
import { PlayerProvider } from "./player";
import type { Route } from "./route";
import { useRoute } from "./useRoute";
import "./review.css";

export function ReviewPage() {
  return (
    <StaffPage title="Review interviews" page="review" probe="/sessions?limit=1" scope="reports">
      <Place />
    </StaffPage>
  );
}

function Place() {
  const route = useRoute();
  const title = titleOf(route);
  useEffect(() => {
    document.title = title;
  }, [title]);
  switch (route.page) {
    case "inbox":
      return <Inbox search={route.filters} />;
    case "interview":
      return (
        <PlayerProvider key={route.id}>
          <InterviewPage id={route.id} tab={route.tab} />
        </PlayerProvider>
      );
    case "comparison":
      return <Comparison plan={route.plan} interviews={route.interviews} />;
  }
}

function titleOf(route: Route): string {
  switch (route.page) {
    case "inbox":
      return "Review: interviews";
    case "interview":
      return `Review: ${route.id}`;
    case "comparison":
      return `Review: ${route.plan} compared`;
  }
}
