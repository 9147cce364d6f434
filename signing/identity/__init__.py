"""Who is on the other end: real-name checks, through providers that can be exchanged."""
