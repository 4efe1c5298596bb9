"""What a step records: events, lease, stage times, the reply, and the request for an evaluation."""
