"""Small helpers that several tools share: files that are never half written, logs, text tables, flags. No mathematics."""
