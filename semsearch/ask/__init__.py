"""Ask: a question is parsed, candidates are retrieved, fused, judged and shown."""
