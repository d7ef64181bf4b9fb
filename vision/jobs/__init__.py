"""The worker's side: sessions, jobs, streams and their results."""
