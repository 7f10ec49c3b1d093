"""Small helpers of several tools: files that are never half written, logs, text tables, flags. No mathematics."""
