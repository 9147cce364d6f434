"""Who is on the other end: text messages and real-name checks, through providers that can be exchanged."""
