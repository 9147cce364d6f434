"""Keys, certificates and the outside authorities behind them: CA, time-stamp authority, revocation."""
