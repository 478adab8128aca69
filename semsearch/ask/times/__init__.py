"""The times that a question names, and the days that each stands for."""
