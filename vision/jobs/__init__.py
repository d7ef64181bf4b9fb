"""The worker's side: sessions, jobs and streams, and what is kept of them."""
