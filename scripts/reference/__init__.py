"""The pages of docs/reference/ and docs/schema/, each from the code that it describes."""
