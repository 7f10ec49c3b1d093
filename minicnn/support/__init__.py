"""Small helpers that several tools share: files that are never half written, text tables. No mathematics."""
