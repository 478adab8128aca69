"""Comparisons as documents: HTML that stands alone, Markdown, and a sheet of aligned sentences."""
