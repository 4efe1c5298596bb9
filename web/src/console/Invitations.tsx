import { useEffect, useState } from "react";
import { useApi, wordsOf } from "../staff/api";
import { DataTable } from "../staff/DataTable";
import { day } from "../staff/format";
import type { InvitationList, OpenInvitation } from "../staff/types";
import { useLoad } from "../staff/useLoad";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Notice } from "../ui/Notice";

/** The invitations whose candidates have not started. `made` counts the links of this page, after which it reads again. */
export function Invitations({ made }: { made: number }) {
  const api = useApi();
  const { data, error, reload } = useLoad<InvitationList>("/interviews");
  const [revoking, setRevoking] = useState<OpenInvitation | null>(null);
  const [failure, setFailure] = useState("");
  useEffect(() => {
    if (made > 0) reload();
  }, [made, reload]);
  const revoke = async (invitation: OpenInvitation) => {
    setRevoking(null);
    setFailure("");
    try {
      await api.json(`/interviews/${encodeURIComponent(invitation.interview_id)}/link`, { method: "DELETE" });
      reload();
    } catch (problem) {
      setFailure(wordsOf(problem));
    }
  };
  if (error) return <Notice tone="warn">{error}</Notice>;
  if (data === undefined) return null;
  return (
    <>
      <h3>Not started yet</h3>
      {data.invitations.length === 0 && <p className="small muted">No invitation waits for its candidate.</p>}
      {data.invitations.length > 0 && (
        <DataTable
          caption="Invitations that were not started"
          rows={data.invitations}
          keyOf={(one) => one.interview_id}
          columns={[
            { label: "Candidate", cell: (one) => one.candidate_name || one.candidate_reference || "–" },
            { label: "Interview", cell: (one) => <code>{one.interview_id}</code> },
            { label: "Plan", cell: (one) => one.plan || "by its role" },
            { label: "Extra time", cell: (one) => (one.extra_time_s > 0 ? `${one.extra_time_s / 60} min` : "–") },
            { label: "Made", unbroken: true, cell: (one) => day(one.created_at) },
            { label: "Link ends", unbroken: true, cell: (one) => (one.revoked ? "revoked" : day(one.expires_at)) },
            {
              label: "Revoke",
              cell: (one) =>
                one.revoked ? (
                  "–"
                ) : (
                  <Button
                    kind="quiet"
                    aria-label={`Revoke the link of ${one.candidate_name || one.interview_id}`}
                    onClick={() => setRevoking(one)}
                  >
                    Revoke
                  </Button>
                ),
            },
          ]}
        />
      )}
      {data.more && <p className="small muted">There are more; these are the newest.</p>}
      {failure && (
        <Notice tone="error" live>
          {failure}
        </Notice>
      )}
      {revoking && (
        <Dialog
          title="Revoke this link?"
          closeLabel="Keep the link"
          onClose={() => setRevoking(null)}
          footer={
            <>
              <Button onClick={() => setRevoking(null)}>Keep it</Button>
              <Button kind="danger" onClick={() => void revoke(revoking)}>
                Revoke
              </Button>
            </>
          }
        >
          <p>
            The candidate {revoking.candidate_name} cannot start any more. A new link can be made for the same
            interview.
          </p>
        </Dialog>
      )}
    </>
  );
}
