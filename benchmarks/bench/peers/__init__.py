"""The engines that are measured, each with the same few methods as its fellows."""
