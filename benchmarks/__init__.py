"""What the figures of the documentation were measured with; see README.md beside this file."""
