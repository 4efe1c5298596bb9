import { StaffPage } from "../staff/StaffPage";
import { Notice } from "../ui/Notice";
import { Keys } from "./Keys";
import { Links } from "./Links";
import { Platform } from "./Platform";
import { Running } from "./Running";
import { usePlatform } from "./usePlatform";
import "./console.css";

export function ConsolePage() {
  return (
    <StaffPage title="Operate the platform" page="console" probe="/platform" scope="operations">
      <div className="stack">
        <h1>Console</h1>
        <Live />
        <Running />
        <Links />
        <Keys />
      </div>
    </StaffPage>
  );
}

function Live() {
  const { readings, error } = usePlatform();
  return (
    <>
      {error && (
        <Notice tone="error" live title="The platform’s state is not known">
          {error}
        </Notice>
      )}
      {readings.length === 0 && !error && <p role="status">Loading …</p>}
      {readings.length > 0 && <Platform readings={readings} />}
    </>
  );
}
