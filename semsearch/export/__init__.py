"""Results as files for other programs: tables, citations, and Markdown with numbered sources."""
