"""How providers frame a story: alignment, wording, differences, frames, sourcing, timing."""
