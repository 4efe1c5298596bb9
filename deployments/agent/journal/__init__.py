"""The record of a step: events, lease, stage times, the reply, and the request for an evaluation."""
