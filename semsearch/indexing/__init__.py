"""Index: records in, batches, differences, publication."""
