"""Retrievers for other frameworks, each behind its extra: LangChain, LlamaIndex, Haystack."""
